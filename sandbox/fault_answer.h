#pragma once

#include <optional>

#include "sandbox/fault_plan.h"
#include "sandbox/http_answer.h"

namespace modelgates::sandbox {

// The answer for kStatus, kTruncate and kOversize. `answer` is the normal one; absent: the
// operation was not carried out, and kTruncate cuts, kOversize pads, a small answer with status
// 200. Status, headers, body and content type of the rule have precedence over both.
HttpResponse ToFaultAnswer(const FaultRule& rule, std::optional<HttpResponse> answer);

}  // namespace modelgates::sandbox
