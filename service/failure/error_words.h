#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace modelgates::gateway {

// What the person who signs in is told (google.rpc.LocalizedMessage).
enum class UserText : uint8_t {
  kNone,          // nobody is there to read it, or it is the calling program's own mistake
  kSignInAgain,   // the code has expired or was used
  kInterrupted,   // the outcome is unknown
  kNotCompleted,  // refused, and another sign-in may go through
  kTookTooLong,
  kStillRunning,
  kUnavailable,  // something failed that may work again
  kFaultOfApp,
  kFaultOfService,  // an operator must act
  kPayment,
  kLegal,
};

// The texts of one way to fail.
struct ErrorWords {
  // What happened, and who is the cause. Lower-case start, no full stop.
  const char* what;
  // What to do when the same call again does not help; null: the violations say it.
  const char* remedy;
  UserText create_user;
  UserText exchange_user;
  // What to do when it does help; "in 60 s" follows.
  const char* repeat = "try again";
};

// When to try again, for whoever reads a message: "in 60 s", "in 0.5 s", "now". Rounded up.
std::string WaitWords(std::chrono::milliseconds wait);

// The sentence for the end user, in English; empty for kNone. `wait`: repeating the call after it
// makes sense; absent: it does not.
std::string UserWords(UserText text, std::optional<std::chrono::milliseconds> wait);

}  // namespace modelgates::gateway
