#pragma once

#include <cstdint>

#include "http/http.h"
#include "resilience/retry_policy.h"

namespace modelgates::gateway {

// What a result tells about the upstream, independent of the request. Used by the circuit breaker.
enum class Health : uint8_t {
  kWorks,    // it answered; a 4xx is an answer, too
  kFails,    // it failed, or could not be reached
  kUnknown,  // neither: nothing was sent, or the answer was not awaited
};

// What the error catalogue says about one result.
struct Classification {
  RetryClass retry = RetryClass::kNever;
  Health health = Health::kUnknown;
  // The number of its ErrorReason. Opaque in this folder, which knows no proto.
  int reason = 0;
};

// Called once per attempt.
using Classifier = Classification (*)(const HttpResult&);

}  // namespace modelgates::gateway
