#pragma once

#include <optional>

#include "sandbox/fault_plan.h"
#include "sandbox/http_answer.h"

namespace modelgates::sandbox {

// What kStatus, kTruncate and kOversize answer. `answer` is the true one, absent when the fault
// came before the work; kTruncate then cuts, and kOversize then pads, a small stand-in with status
// 200. What the rule sets (status, headers, body, content type) wins over both.
HttpResponse ToFaultAnswer(const FaultRule& rule, std::optional<HttpResponse> answer);

}  // namespace modelgates::sandbox
