#include "failure/error_words.h"

#include <fmt/format.h>

namespace modelgates::gateway {
namespace {

using std::chrono::milliseconds;

struct Sentences {
  std::string_view what;
  std::string_view remedy;  // when the same call again does not help
};

Sentences SentencesOf(UserText text) {
  switch (text) {
    case UserText::kNone:
      return {};
    case UserText::kSignInAgain:
      return {"This sign-in has expired or was already used.", "Please sign in again."};
    case UserText::kInterrupted:
      return {"The sign-in was interrupted before it was complete.", "Please sign in again."};
    case UserText::kNotCompleted:
      return {"The sign-in could not be completed.",
              "Please sign in again. If that fails too, contact support."};
    case UserText::kTookTooLong:
      return {"The sign-in took too long.", "Please sign in again."};
    case UserText::kStillRunning:
      return {"Your sign-in is still being completed.", "Please wait a moment."};
    case UserText::kUnavailable:
      return {"Sign-in is not available at the moment.",
              "Please sign in again. If that fails too, contact support."};
    case UserText::kFaultOfApp:
      return {"The sign-in failed because of a mistake in this app.",
              "Please contact the support of the app."};
    case UserText::kFaultOfService:
      return {"Sign-in does not work at the moment, and repeating it does not help.",
              "Please contact support."};
    case UserText::kPayment:
      return {"Your account does not have enough credit.",
              "Please add credit, then sign in again."};
    case UserText::kLegal:
      return {"This is not available for legal reasons.", "Please contact support."};
  }
  return {};
}

std::string UserWait(milliseconds wait) {
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(wait).count();
  if (seconds <= 0) return "now";
  if (seconds == 1) return "in 1 second";
  if (seconds <= 120) return fmt::format("in {} seconds", seconds);
  return fmt::format("in {} minutes", std::chrono::ceil<std::chrono::minutes>(wait).count());
}

}  // namespace

std::string WaitWords(milliseconds wait) {
  if (wait <= milliseconds::zero()) return "now";
  if (wait >= std::chrono::seconds(1)) {
    return fmt::format("in {} s", std::chrono::ceil<std::chrono::seconds>(wait).count());
  }
  return fmt::format("in {:.1f} s", static_cast<double>((wait.count() + 99) / 100) / 10);
}

std::string UserWords(UserText text, std::optional<milliseconds> wait) {
  const Sentences sentences = SentencesOf(text);
  if (sentences.what.empty()) return {};
  if (wait) return fmt::format("{} Please try again {}.", sentences.what, UserWait(*wait));
  return fmt::format("{} {}", sentences.what, sentences.remedy);
}

}  // namespace modelgates::gateway
