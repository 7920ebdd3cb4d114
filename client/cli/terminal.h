#pragma once

#include <mutex>
#include <stop_token>
#include <string>
#include <thread>

namespace modelgates::oauth::cli {

// An animation on stderr during a wait; none if stderr is not a terminal.
class Spinner {
 public:
  explicit Spinner(std::string text);
  Spinner(const Spinner&) = delete;
  Spinner& operator=(const Spinner&) = delete;
  // Clears its line.
  ~Spinner();

 private:
  std::jthread thread_;
};

// Whether stderr is a terminal.
bool IsTerminal();

// Whether somebody can type: stdin is a terminal, and this process runs in its foreground.
bool CanBeTypedTo();

// Opens `url` in the browser of $BROWSER, else of the desktop (xdg-open), without a shell. Does not
// wait for it. False: there is none.
bool OpenBrowser(const std::string& url);

// A token that SIGINT and SIGTERM stop; a second signal ends the process at once. Must be called
// once, before any thread is started.
std::stop_token StopOnSignals();

}  // namespace modelgates::oauth::cli
