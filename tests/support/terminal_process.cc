#include "support/terminal_process.h"

#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <system_error>

namespace modelgates::gateway {
namespace {

constexpr std::chrono::seconds kPatience{60};

std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

TerminalProcess::TerminalProcess(std::vector<std::string> args, std::vector<std::string> env) {
  // Made before the fork, after which other threads' locks may be held for ever.
  const std::vector<char*> arguments = Pointers(args);
  const std::vector<char*> environment = Pointers(env);
  sigset_t none;
  sigemptyset(&none);
  pid_ = forkpty(&fd_, nullptr, nullptr, nullptr);
  if (pid_ < 0) throw std::system_error(errno, std::generic_category(), "forkpty");
  if (pid_ == 0) {
    sigprocmask(SIG_SETMASK, &none, nullptr);
    execve(arguments.front(), arguments.data(), environment.data());
    _exit(127);
  }
  fcntl(fd_, F_SETFD, FD_CLOEXEC);
  reader_ = std::thread([this] { Read(); });
}

TerminalProcess::~TerminalProcess() {
  if (!status_) Signal(SIGKILL);
  WaitForExit();
  reader_.join();
  close(fd_);
}

void TerminalProcess::Type(const std::string& keys) const {
  for (size_t typed = 0; typed < keys.size();) {
    const ssize_t count = write(fd_, keys.data() + typed, keys.size() - typed);
    if (count <= 0) return;
    typed += static_cast<size_t>(count);
  }
}

void TerminalProcess::Signal(int signal) const {
  if (!status_) kill(pid_, signal);
}

void TerminalProcess::Read() {
  char buffer[4096];
  // Fails when the last descriptor of the other side is closed.
  for (ssize_t count; (count = read(fd_, buffer, sizeof(buffer))) > 0;) {
    const std::lock_guard lock(mutex_);
    screen_.append(buffer, static_cast<size_t>(count));
    changed_.notify_all();
  }
  const std::lock_guard lock(mutex_);
  ended_ = true;
  changed_.notify_all();
}

std::string TerminalProcess::screen() const {
  const std::lock_guard lock(mutex_);
  return screen_;
}

bool TerminalProcess::WaitForScreen(const std::string& text) const {
  std::unique_lock lock(mutex_);
  const auto shown = [&] { return screen_.find(text) != std::string::npos; };
  changed_.wait_for(lock, kPatience, [&] { return ended_ || shown(); });
  return shown();
}

bool TerminalProcess::echoes() const {
  termios settings{};
  return tcgetattr(fd_, &settings) == 0 && (settings.c_lflag & ECHO) != 0;
}

std::optional<int> TerminalProcess::WaitForExit() {
  if (status_) return status_;
  {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, kPatience, [&] { return ended_; })) return std::nullopt;
  }
  int status = 0;
  while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  status_ = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  return status_;
}

}  // namespace modelgates::gateway
