#include "failure/error_words.h"

#include <absl/strings/ascii.h>
#include <fmt/format.h>

#include <algorithm>

#include "base/markup.h"
#include "base/text.h"
#include "failure/error_details.h"

namespace modelgates::gateway {
namespace {

namespace v1 = modelgates::oauth::v1;
using std::chrono::milliseconds;

constexpr size_t kMaxSpokenBytes = 200;

// What to do. Repeating is advised only if the failure is retryable.
std::string Advice(const FailedCall& failed, const char* remedy) {
  if (failed.retryable) {
    return fmt::format(": {} {}", failed.row->repeat,
                       failed.retry_delay ? WaitWords(*failed.retry_delay) : "later");
  }
  return remedy == nullptr ? "" : fmt::format(": {}", remedy);
}

const char* RemedyOf(const FailedCall& failed) {
  const bool is_exchange = failed.rpc == Rpc::kExchangeAuthCode;
  const char* const own = is_exchange ? failed.row->exchange_remedy : nullptr;
  return own == nullptr ? failed.row->remedy : own;
}

std::string_view StateOfTheCode(const FailedCall& failed) {
  switch (failed.auth_code_state) {
    case v1::UpstreamError::UNKNOWN:
      return "; the authorization code may be spent: start a new authorization";
    case v1::UpstreamError::SPENT:
      return "; the authorization code is spent: start a new authorization";
    default:
      return "";
  }
}

bool IsExhausted(const FailedCall& failed) {
  return failed.stop == StopReason::kAttemptsExhausted ||
         failed.stop == StopReason::kBudgetExhausted;
}

std::string WhatHappenedAndWhatToDo(const FailedCall& failed) {
  if (failed.after_unknown_attempt) {
    return "an earlier attempt had an unknown outcome, so the authorization code may be spent: "
           "start a new authorization";
  }
  const KeyWords* of_key = WordsOfKey(failed);
  const KeyWords words = of_key ? *of_key : KeyWords{failed.row->what, RemedyOf(failed)};
  std::string text(words.what);
  if (IsExhausted(failed) && failed.attempts > 1) {
    text += fmt::format(" ({} attempts)", failed.attempts);
  }
  text += Advice(failed, words.remedy);
  text += StateOfTheCode(failed);
  // The upstream asked for a wait, but the gateway's attempts are exhausted: not retryable.
  if (!failed.retryable && failed.retry_delay) {
    text += fmt::format("; a new call makes sense {}", WaitWords(*failed.retry_delay));
  }
  return text;
}

struct Sentences {
  std::string_view what;
  std::string_view remedy;  // when repeating the call does not help
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

std::string ErrorMessage(const FailedCall& failed, const std::optional<ErrorBody>& body,
                         const Redaction& redaction) {
  std::string message = WhatHappenedAndWhatToDo(failed);
  for (size_t i = 0; i < failed.violations.size(); ++i) {
    const Violation& violation = failed.violations[i];
    message += fmt::format("{} {} {}", i == 0 ? ":" : ";", violation.field, violation.rule);
  }
  if (body) {
    std::string spoken = UpstreamMessage(*body, redaction);
    std::replace(spoken.begin(), spoken.end(), '"', '\'');
    if (!spoken.empty()) message += fmt::format("; it said \"{}\"", spoken);
  }
  std::string clean = CleanText(message, kMaxMessageBytes);
  // A field of HTTP/2 must not end with white space (RFC 9113, 8.2.1): Node.js drops one that does.
  absl::StripTrailingAsciiWhitespace(&clean);
  return clean;
}

std::string UpstreamMessage(const ErrorBody& body, const Redaction& redaction) {
  return CleanText(StripMarkup(redaction.Apply(body.message)), kMaxSpokenBytes);
}

std::string UserSentence(const FailedCall& failed) {
  const ErrorRow& row = ReasonRow(failed);
  UserText text = failed.rpc == Rpc::kExchangeAuthCode ? row.user.exchange : row.user.create;
  // The API did not see the code.
  if (failed.refused_in_front && &row == failed.row) text = RowOf(v1::UPSTREAM_BLOCKED).user.create;
  return UserWords(text, failed.retryable ? failed.retry_delay : std::nullopt);
}

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
