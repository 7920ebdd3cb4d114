#include "support/subprocess.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <strings.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string_view>
#include <system_error>

extern char** environ;

namespace modelgates::gateway {
namespace {

constexpr std::chrono::seconds kPatience{60};

// What would change how the program under test behaves.
bool IsKeptOut(std::string_view variable) {
  const std::string_view name = variable.substr(0, variable.find('='));
  for (const std::string_view prefix : {"OAUTH_GATEWAY_", "MODELGATES_", "GRPC_"}) {
    if (name.starts_with(prefix)) return true;
  }
  return name.size() >= 6 &&
         strcasecmp(std::string(name.substr(name.size() - 6)).c_str(), "_proxy") == 0;
}

bool SameVariable(std::string_view a, std::string_view b) {
  return a.substr(0, a.find('=')) == b.substr(0, b.find('='));
}

std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

std::array<int, 2> MakePipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) {
    throw std::system_error(errno, std::generic_category(), "pipe2");
  }
  return ends;
}

}  // namespace

Subprocess::Subprocess(const std::vector<std::string>& args, const std::vector<std::string>& env,
                       const std::string& input) {
  signal(SIGPIPE, SIG_IGN);
  std::vector<std::string> arguments = args;
  std::vector<std::string> environment;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const bool is_replaced = std::any_of(env.begin(), env.end(), [&](const std::string& other) {
      return SameVariable(other, *variable);
    });
    if (!IsKeptOut(*variable) && !is_replaced) environment.emplace_back(*variable);
  }
  environment.insert(environment.end(), env.begin(), env.end());

  const auto in = MakePipe();
  const auto out = MakePipe();
  const auto err = MakePipe();
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err[1], STDERR_FILENO);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
  const int error = posix_spawn(&pid_, arguments.front().c_str(), &actions, &attributes,
                                Pointers(arguments).data(), Pointers(environment).data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  close(in[0]);
  close(out[1]);
  close(err[1]);
  if (error != 0) {
    throw std::system_error(error, std::generic_category(), "cannot start " + args.front());
  }
  readers_.emplace_back([this, fd = out[0]] { Read(fd, out_); });
  readers_.emplace_back([this, fd = err[0]] { Read(fd, err_); });
  for (std::string_view rest = input; !rest.empty();) {
    const ssize_t written = write(in[1], rest.data(), rest.size());
    if (written <= 0) break;
    rest.remove_prefix(static_cast<size_t>(written));
  }
  close(in[1]);
}

Subprocess::~Subprocess() {
  if (!status_) Signal(SIGKILL);
  PauseReading(false);
  WaitForExit();
  for (std::thread& reader : readers_) reader.join();
}

void Subprocess::Signal(int signal) const {
  if (!status_) kill(pid_, signal);
}

void Subprocess::Read(int fd, std::string& into) {
  char buffer[16 * 1024];
  for (ssize_t count; (count = read(fd, buffer, sizeof(buffer))) > 0;) {
    std::unique_lock lock(mutex_);
    into.append(buffer, static_cast<size_t>(count));
    changed_.notify_all();
    changed_.wait(lock, [this] { return !paused_; });
  }
  close(fd);
  const std::lock_guard lock(mutex_);
  --open_outputs_;
  changed_.notify_all();
}

std::string Subprocess::out() const {
  const std::lock_guard lock(mutex_);
  return out_;
}

std::string Subprocess::err() const {
  const std::lock_guard lock(mutex_);
  return err_;
}

void Subprocess::PauseReading(bool paused) {
  const std::lock_guard lock(mutex_);
  paused_ = paused;
  changed_.notify_all();
}

bool Subprocess::WaitForOutput(const std::function<bool(const std::string& out)>& seen) const {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, kPatience, [&] { return open_outputs_ == 0 || seen(out_); });
  return seen(out_);
}

bool Subprocess::WaitForErrors(const std::function<bool(const std::string& err)>& seen) const {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, kPatience, [&] { return open_outputs_ == 0 || seen(err_); });
  return seen(err_);
}

std::optional<int> Subprocess::WaitForExit() {
  if (status_) return status_;
  {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, kPatience, [&] { return open_outputs_ == 0; })) {
      return std::nullopt;
    }
  }
  int status = 0;
  while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  status_ = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  return status_;
}

bool Subprocess::running() const {
  const std::lock_guard lock(mutex_);
  return open_outputs_ > 0;
}

size_t Subprocess::StatusNumber(const std::string& name) const {
  std::ifstream file("/proc/" + std::to_string(pid_) + "/status");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(name)) return std::strtoull(line.c_str() + name.size(), nullptr, 10);
  }
  return 0;
}

int Subprocess::threads() const { return static_cast<int>(StatusNumber("Threads:")); }

int Subprocess::descriptors() const {
  std::error_code gone;
  const std::filesystem::directory_iterator files("/proc/" + std::to_string(pid_) + "/fd", gone);
  return static_cast<int>(std::distance(begin(files), end(files)));
}

size_t Subprocess::memory_bytes() const { return 1024 * StatusNumber("VmRSS:"); }

size_t Subprocess::peak_memory_bytes() const { return 1024 * StatusNumber("VmHWM:"); }

std::set<int> Subprocess::scheduling_policies() const {
  std::set<int> policies;
  const std::filesystem::path tasks = "/proc/" + std::to_string(pid_) + "/task";
  for (const auto& task : std::filesystem::directory_iterator(tasks)) {
    policies.insert(sched_getscheduler(std::stoi(task.path().filename())));
  }
  return policies;
}

std::string FindTool(const std::string& name) {
  const char* const path = std::getenv("PATH");
  std::istringstream folders(std::string(path ? path : "") + ":" GATEWAY_TOOLS_DIR);
  for (std::string folder; std::getline(folders, folder, ':');) {
    const std::string candidate = folder + "/" + name;
    if (!folder.empty() && access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return "";
}

}  // namespace modelgates::gateway
