#pragma once

#include <chrono>
#include <optional>

#include "base/time.h"
#include "http/http.h"
#include "resilience/retry_policy.h"

namespace modelgates::gateway {

// Intervals below this count as this, so that a zero interval does not spin.
inline constexpr std::chrono::milliseconds kMinInterval{10};

// Longer waits than this are cut to it, whoever names them.
inline constexpr std::chrono::milliseconds kLongestWait = std::chrono::hours(24 * 365);

// The wait before retry `retry_number` (0, 1, ...), without a Retry-After:
//
//   min(initial_interval * exponent^retry_number + random * jitter, max_interval)
//
// `random` is in [0, 1). The result is between kMinInterval and kLongestWait, whatever the policy
// holds.
Duration BackoffDelay(const RetryPolicy& policy, int retry_number, double random);

// The wait that a 4xx or 5xx answer asks for, to the millisecond, between 1 ms and kLongestWait.
//
// `retry-after-ms` (decimal milliseconds) wins when it is a number that is not negative, zero
// included. Otherwise `Retry-After`: decimal seconds, or an HTTP date, which is measured against
// the `Date` of the same answer, so that our clock does not matter: the retrier dates answers that
// have none. nullopt, which means the ordinary backoff: no such field, under 0.5 ms, a date that is
// not after `Date` or has no usable `Date` beside it, negative, "nan", "inf", and everything else
// that is no plain decimal number.
std::optional<std::chrono::milliseconds> ParseRetryAfter(const HttpResponse& response);

}  // namespace modelgates::gateway
