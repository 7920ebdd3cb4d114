#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "failure/failed_call.h"
#include "redaction/redaction.h"
#include "upstream/error_body.h"

namespace modelgates::gateway {

// The texts of an error, from the words of its row.

// For people who program or operate: what happened, then what to do, then what the upstream said,
// in quotation marks. At most kMaxMessageBytes of valid UTF-8 without control characters or markup.
std::string ErrorMessage(const FailedCall& failed, const std::optional<ErrorBody>& body,
                         const Redaction& redaction);

// The upstream's message: redacted, without markup and control characters, cut.
std::string UpstreamMessage(const ErrorBody& body, const Redaction& redaction);

// For the person who signs in, in English; empty for UserText::kNone.
std::string UserSentence(const FailedCall& failed);

// The sentence of a text; empty for kNone. `wait`: the call may be repeated after it; absent: it
// may not.
std::string UserWords(UserText text, std::optional<std::chrono::milliseconds> wait);

// When to try again: "in 60 s", "in 0.5 s", "now". Rounded up.
std::string WaitWords(std::chrono::milliseconds wait);

}  // namespace modelgates::gateway
