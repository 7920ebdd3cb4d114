#pragma once

#include <string>
#include <thread>

#include "modelgates/oauth/loopback_receiver.h"

namespace modelgates::oauth::cli {

// Reads addresses from the terminal until one is the redirect of this login, for a browser on
// another machine. What is pasted is not shown. Asks again after any other text.
class PastedRedirects {
 public:
  // `receiver` must outlive it.
  explicit PastedRedirects(LoopbackReceiver& receiver);
  PastedRedirects(const PastedRedirects&) = delete;
  PastedRedirects& operator=(const PastedRedirects&) = delete;
  // Stops reading, and leaves the terminal as it was.
  ~PastedRedirects();

 private:
  std::jthread thread_;
};

}  // namespace modelgates::oauth::cli
