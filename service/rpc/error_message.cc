#include "rpc/error_message.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "rpc/error_details.h"

namespace modelgates::gateway {
namespace {

namespace v1 = modelgates::oauth::v1;

constexpr size_t kMaxSpokenBytes = 200;

// "try again" would be the wrong advice for a code that may be gone.
std::string WhatHappened(std::string_view message) {
  constexpr std::string_view kTryAgain = ": try again later";
  if (message.ends_with(kTryAgain)) message.remove_suffix(kTryAgain.size());
  return std::string(message);
}

std::string WhatHappenedAndWhatToDo(const FailedCall& failed) {
  if (failed.after_unknown_attempt) {
    return "an earlier attempt had an unknown outcome, so the authorization code may be spent: "
           "start a new authorization";
  }
  switch (failed.auth_code_state) {
    case v1::UpstreamError::UNKNOWN:
      return WhatHappened(failed.row->message) +
             "; the authorization code may be spent: start a new authorization";
    case v1::UpstreamError::SPENT:
      return WhatHappened(failed.row->message) +
             "; the authorization code is spent: start a new authorization";
    default:
      return failed.row->message;
  }
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
