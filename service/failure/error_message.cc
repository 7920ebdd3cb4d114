#include "failure/error_message.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "failure/error_details.h"

namespace modelgates::gateway {
namespace {

namespace v1 = modelgates::oauth::v1;

constexpr size_t kMaxSpokenBytes = 200;

struct Words {
  std::string_view what;
  std::string_view repeat;
  std::string_view remedy;  // may be empty
};

Words WordsOf(const FailedCall& failed) {
  const ErrorWords& words = failed.row->words;
  if (failed.row->reason == v1::UNAUTHORIZED && failed.key_owner) {
    if (*failed.key_owner == KeyOwner::kCaller) {
      return {"the upstream refused the caller's API key", words.repeat,
              "send another one as authorization metadata"};
    }
    return {"the upstream refused the gateway's API key", words.repeat,
            "operators should check --api_key_file"};
  }
  return {words.what, words.repeat, words.remedy == nullptr ? "" : words.remedy};
}

// What is not worth repeating is never said to be.
std::string Advice(const FailedCall& failed, const Words& words) {
  if (failed.retryable) {
    return fmt::format(": {} {}", words.repeat,
                       failed.retry_delay ? WaitWords(*failed.retry_delay) : "later");
  }
  return words.remedy.empty() ? "" : fmt::format(": {}", words.remedy);
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
  const Words words = WordsOf(failed);
  std::string text(words.what);
  if (IsExhausted(failed) && failed.attempts > 1) {
    text += fmt::format(" ({} attempts)", failed.attempts);
  }
  text += Advice(failed, words);
  text += StateOfTheCode(failed);
  // The upstream asked for a wait, but we have waited often enough, and nobody is to go on for us.
  if (!failed.retryable && failed.retry_delay) {
    text += fmt::format("; a new call makes sense {}", WaitWords(*failed.retry_delay));
  }
  return text;
}

}  // namespace

std::string ErrorMessage(const FailedCall& failed, const std::optional<ErrorBody>& body) {
  std::string message = WhatHappenedAndWhatToDo(failed);
  for (size_t i = 0; i < failed.violations.size(); ++i) {
    const Violation& violation = failed.violations[i];
    message += fmt::format("{} {} {}", i == 0 ? ":" : ";", violation.field, violation.rule);
  }
  if (body) {
    std::string spoken = SpokenMessage(*body, *failed.redaction);
    std::replace(spoken.begin(), spoken.end(), '"', '\'');
    if (!spoken.empty()) message += fmt::format("; it said \"{}\"", spoken);
  }
  return CleanText(message, kMaxMessageBytes);
}

std::string SpokenMessage(const ErrorBody& body, const Redaction& redaction) {
  return CleanText(StripMarkup(redaction.Apply(body.message)), kMaxSpokenBytes);
}

}  // namespace modelgates::gateway
