#pragma once

#include <optional>
#include <string>

#include "failure/failed_call.h"
#include "upstream/error_body.h"

namespace modelgates::gateway {

// The text of an error for people: what happened, then what to do, then what the upstream said, in
// quotation marks. At most kMaxMessageBytes of valid UTF-8 without control characters or markup.
std::string ErrorMessage(const FailedCall& failed, const std::optional<ErrorBody>& body);

// What the upstream said, fit to be shown: redacted, without markup and control characters, capped.
std::string SpokenMessage(const ErrorBody& body, const Redaction& redaction);

}  // namespace modelgates::gateway
