#include "terminal.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "exit_status.h"

extern char** environ;

namespace modelgates::oauth::cli {
namespace {

using namespace std::chrono_literals;

void Turn(const std::stop_token& stop, const std::string& text) {
  constexpr char kFrames[] = "|/-\\";
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  for (int frame = 0; !stop.stop_requested(); ++frame) {
    std::fprintf(stderr, "\r%c %s", kFrames[frame % 4], text.c_str());
    never.wait_for(lock, stop, 100ms, [] { return false; });
  }
  std::fputs("\r\033[K", stderr);
}

// The first entry of $BROWSER, a list separated by colons.
std::string Browser() {
  const char* const browsers = std::getenv("BROWSER");
  if (browsers == nullptr || *browsers == '\0') return "xdg-open";
  const std::string_view list = browsers;
  return std::string(list.substr(0, list.find(':')));
}

}  // namespace

bool IsTerminal() {
  const char* const term = std::getenv("TERM");
  return isatty(STDERR_FILENO) == 1 && term != nullptr && std::string_view(term) != "dumb";
}

bool CanBeTypedTo() { return isatty(STDIN_FILENO) == 1 && tcgetpgrp(STDIN_FILENO) == getpgrp(); }

Spinner::Spinner(std::string text) {
  if (!IsTerminal()) return;
  thread_ =
      std::jthread([text = std::move(text)](const std::stop_token& stop) { Turn(stop, text); });
}

Spinner::~Spinner() = default;

bool OpenBrowser(const std::string& url) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  // The browser's output must not mix with that of the command.
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  // In its own process group, so that Ctrl-C does not end the browser.
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
  std::string browser = Browser();
  std::string argument = url;
  char* const arguments[] = {browser.data(), argument.data(), nullptr};
  pid_t pid = 0;
  const int error = posix_spawnp(&pid, browser.c_str(), &actions, &attributes, arguments, environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) return false;
  std::thread([pid] { waitpid(pid, nullptr, 0); }).detach();
  return true;
}

std::stop_token StopOnSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  // So that a pipe without a reader is an error of write, not a signal.
  signal(SIGPIPE, SIG_IGN);
  std::stop_source source;
  std::thread([signals, source]() mutable {
    int received = 0;
    sigwait(&signals, &received);
    source.request_stop();
    sigwait(&signals, &received);
    _exit(static_cast<int>(ExitStatus::kInterrupted));
  }).detach();
  return source.get_token();
}

}  // namespace modelgates::oauth::cli
