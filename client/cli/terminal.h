#pragma once

#include <mutex>
#include <stop_token>
#include <string>
#include <thread>

namespace modelgates::oauth::cli {

// Turns on stderr while something is waited for; nothing at all where stderr is no terminal.
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

// Whether people read stderr.
bool IsTerminal();

// Opens `url` in the browser of $BROWSER, else of the desktop (xdg-open), without a shell and
// without waiting for it. False: there is none.
bool OpenBrowser(const std::string& url);

// A token that SIGINT and SIGTERM stop; a second one ends the process at once. Called before any
// other thread starts, once.
std::stop_token StopOnSignals();

}  // namespace modelgates::oauth::cli
