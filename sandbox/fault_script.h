#pragma once

#include <string_view>
#include <variant>
#include <vector>

#include "sandbox/fault_plan.h"
#include "sandbox/violation.h"

namespace modelgates::sandbox {

// Reads what POST /control/faults takes: one JSON object or an array of them, all or nothing.
//
//   {"match": {"path": "/auth/keys", "code": "..."}, "count": 1, "percent": 100, "after_work":
//   false,
//    "action": "status", "status": 503, "headers": {"Retry-After": "1"}, "body": "...",
//    "content_type": "...", "delay_ms": 500}
//
// Only `action` is required ("delay" also needs `delay_ms`). A member that is unknown, or that
// means nothing with the action, is a violation: a misspelt fault that never strikes costs an
// afternoon. Fields are named with their place: `match.path`, and `[2].action` in an array.
std::variant<std::vector<FaultRule>, Violation> ParseFaultScript(std::string_view text);

}  // namespace modelgates::sandbox
