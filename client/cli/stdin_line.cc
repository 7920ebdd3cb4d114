#include "stdin_line.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <optional>

namespace modelgates::oauth::cli {
namespace {

constexpr size_t kMaxLineBytes = 64 * 1024;

// A descriptor that is readable after the stop request.
class StopEvent {
 public:
  explicit StopEvent(const std::stop_token& stop) : fd_(eventfd(0, EFD_CLOEXEC)) {
    wake_.emplace(stop, Write{fd_});
  }
  StopEvent(const StopEvent&) = delete;
  StopEvent& operator=(const StopEvent&) = delete;
  ~StopEvent() {
    wake_.reset();  // first, so that nothing is written to a descriptor of somebody else
    close(fd_);
  }

  int fd() const { return fd_; }

 private:
  struct Write {
    int fd;
    void operator()() const noexcept { eventfd_write(fd, 1); }
  };
  int fd_;
  std::optional<std::stop_callback<Write>> wake_;
};

// What is typed is not shown until the end of the scope.
class HiddenTyping {
 public:
  explicit HiddenTyping(const std::string& prompt) {
    if (tcgetattr(STDIN_FILENO, &before_) != 0) return;
    hidden_ = true;
    termios hidden = before_;
    hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    hidden.c_cc[VQUIT] = _POSIX_VDISABLE;
    hidden.c_cc[VSUSP] = _POSIX_VDISABLE;
    // What was typed ahead stays: a paste may contain the answers to two prompts.
    tcsetattr(STDIN_FILENO, TCSANOW, &hidden);
    std::fputs(prompt.c_str(), stderr);
  }
  HiddenTyping(const HiddenTyping&) = delete;
  HiddenTyping& operator=(const HiddenTyping&) = delete;
  ~HiddenTyping() {
    if (!hidden_) return;
    tcsetattr(STDIN_FILENO, TCSANOW, &before_);
    std::fputs("\n", stderr);  // the one that was not shown
  }

  // Half a secret must not become the shell's next command.
  void Discard() const {
    if (hidden_) tcflush(STDIN_FILENO, TCIFLUSH);
  }

 private:
  termios before_{};
  bool hidden_ = false;
};

// Whether stdin can be read, or has ended. False: stopped.
bool WaitForStdin(const StopEvent& stop) {
  pollfd ready[] = {{stop.fd(), POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}};
  while (poll(ready, 2, -1) < 0 && errno == EINTR) {
  }
  return ready[0].revents == 0;
}

}  // namespace

LineRead ReadLineOfStdin(const std::string& prompt, const std::stop_token& stop,
                         std::string& line) {
  const StopEvent stopped(stop);
  const HiddenTyping hidden(prompt);
  line.clear();
  while (line.size() < kMaxLineBytes) {
    if (!WaitForStdin(stopped)) {
      hidden.Discard();
      return LineRead::kStopped;
    }
    char c = 0;
    const ssize_t count = read(STDIN_FILENO, &c, 1);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    if (count < 0 || (count == 0 && line.empty())) return LineRead::kNone;
    if (count == 0 || c == '\n') break;
    line += c;
  }
  return LineRead::kLine;
}

}  // namespace modelgates::oauth::cli
