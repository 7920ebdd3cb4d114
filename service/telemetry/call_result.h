#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "failure/failed_call.h"
#include "resilience/retrier.h"

namespace modelgates::gateway {

// The result of a call, for its log line, its metrics and its span.
struct CallResult {
  const FailedCall* failed = nullptr;    // null: the call succeeded
  const AttemptLog* attempts = nullptr;  // null: nothing was sent upstream
  std::string_view cause{};              // see CauseOf
  std::string upstream_request_id{};     // of a failed call; nothing of a secret is in it
  bool details_truncated = false;
  bool joined = false;
  bool replayed = false;
  bool degraded = false;
  int64_t app_id = 0;
  std::string auth_code_fp{};  // empty: no code
};

}  // namespace modelgates::gateway
