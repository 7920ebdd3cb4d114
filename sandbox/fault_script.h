#pragma once

#include <string_view>
#include <variant>
#include <vector>

#include "sandbox/fault_plan.h"
#include "sandbox/violation.h"

namespace modelgates::sandbox {

// Parses the body of POST /control/faults: one JSON object or an array of them. If one is wrong,
// none is used.
//
//   {"match": {"path": "/auth/keys", "code": "..."}, "count": 1, "percent": 100,
//    "after_work": false, "action": "status", "status": 503, "headers": {"Retry-After": "1"},
//    "body": "...", "content_type": "...", "delay_ms": 500}
//
// Only `action` is required; "delay" also requires `delay_ms`. A member that is unknown, or that
// the action does not use, is a violation, so that typing errors are reported. Violations name the
// field with its position: `match.path`, and `[2].action` in an array.
std::variant<std::vector<FaultRule>, Violation> ParseFaultScript(std::string_view text);

}  // namespace modelgates::sandbox
