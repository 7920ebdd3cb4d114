#pragma once

#include <cstdint>

#include "http/http.h"
#include "resilience/retry_policy.h"

namespace modelgates::gateway {

// What a result says of the upstream, whatever it says of the request: what the circuit breaker
// goes by.
enum class Health : uint8_t {
  kWorks,    // it answered; a 4xx is an answer
  kFails,    // it failed, or could not be reached
  kUnknown,  // neither: it was not asked, or not waited for
};

// The error table's word on one result.
struct Classification {
  RetryClass retry = RetryClass::kNever;
  Health health = Health::kUnknown;
  // The number of its reason: handed on to whoever can name it, never looked at here.
  int reason = 0;
};

// Called once an attempt.
using Classifier = Classification (*)(const HttpResult&);

}  // namespace modelgates::gateway
