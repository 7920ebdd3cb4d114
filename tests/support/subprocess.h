#pragma once

#include <sys/types.h>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace modelgates::gateway {

// Another program, its output read as it comes. Any thread may look; one owns it.
class Subprocess {
 public:
  // `args`: the program's path first. `env`: NAME=value, replaces or adds to this process's
  // environment, from which the gateway's own variables and all proxies are taken out.
  explicit Subprocess(const std::vector<std::string>& args,
                      const std::vector<std::string>& env = {}, const std::string& input = "");
  Subprocess(const Subprocess&) = delete;
  Subprocess& operator=(const Subprocess&) = delete;
  // Kills it if it still runs.
  ~Subprocess();

  pid_t pid() const { return pid_; }
  void Signal(int signal) const;

  std::string out() const;
  std::string err() const;

  // While paused its output is not read, so that its pipes fill; reading continues after the pause.
  void PauseReading(bool paused);

  // Until `seen` holds of what was written to stdout. False: it ended, or 60 s passed, without.
  bool WaitForOutput(const std::function<bool(const std::string& out)>& seen) const;
  // The same of stderr.
  bool WaitForErrors(const std::function<bool(const std::string& err)>& seen) const;

  // The exit status, or minus the signal that ended it; nullopt when it still runs after 60 s.
  std::optional<int> WaitForExit();

  bool running() const;
  // Threads of the process, as the kernel counts them; 0 when it is gone.
  int threads() const;
  // Open descriptors of the process; 0 when it is gone.
  int descriptors() const;
  // Resident; 0 when it is gone.
  size_t memory_bytes() const;
  // The most memory it ever held; 0 when it is gone.
  size_t peak_memory_bytes() const;
  // Of every thread, e.g. SCHED_OTHER.
  std::set<int> scheduling_policies() const;

 private:
  void Read(int fd, std::string& into);
  // The first number after `name` in the kernel's status of the process.
  size_t StatusNumber(const std::string& name) const;

  pid_t pid_ = -1;
  std::optional<int> status_;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::string out_;
  std::string err_;
  int open_outputs_ = 2;
  bool paused_ = false;
  std::vector<std::thread> readers_;
};

// The program in the tests' environment that is called `name`: on PATH, else among the tools that
// scripts/setup builds. Empty when there is none.
std::string FindTool(const std::string& name);

}  // namespace modelgates::gateway
