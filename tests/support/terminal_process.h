#pragma once

#include <sys/types.h>

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace modelgates::gateway {

// Another program at a terminal of its own: keys are typed, Ctrl-C is one of them, and stdout and
// stderr are one screen.
class TerminalProcess {
 public:
  // `args`: the program's path first. `env`: all of its environment, NAME=value.
  TerminalProcess(std::vector<std::string> args, std::vector<std::string> env);
  TerminalProcess(const TerminalProcess&) = delete;
  TerminalProcess& operator=(const TerminalProcess&) = delete;
  // Kills it if it still runs.
  ~TerminalProcess();

  void Type(const std::string& keys) const;
  void Signal(int signal) const;

  // All that was ever shown. Lines end with "\r\n".
  std::string screen() const;
  // Until `text` was shown. False: it ended, or 60 s passed, without.
  bool WaitForScreen(const std::string& text) const;
  // Whether the terminal shows what is typed; also after the end of the program.
  bool echoes() const;

  // The exit status, or minus the signal that ended it; nullopt when it still runs after 60 s.
  std::optional<int> WaitForExit();

 private:
  void Read();

  int fd_ = -1;
  pid_t pid_ = -1;
  std::optional<int> status_;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::string screen_;
  bool ended_ = false;
  std::thread reader_;
};

}  // namespace modelgates::gateway
