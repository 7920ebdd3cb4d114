#pragma once

#include <chrono>
#include <optional>

#include "base/time.h"
#include "http/http.h"
#include "resilience/retry_policy.h"

namespace modelgates::gateway {

// Shortest interval; prevents a busy loop with an interval of zero.
inline constexpr std::chrono::milliseconds kMinInterval{10};

// Longest wait; longer ones are cut to it.
inline constexpr std::chrono::milliseconds kLongestWait = std::chrono::hours(24 * 365);

// The wait before retry `retry_number` (0, 1, ...), without a Retry-After:
//
//   min(initial_interval * exponent^retry_number + random * jitter, max_interval)
//
// `random` is in [0, 1). The result is between kMinInterval and kLongestWait for every policy.
Duration BackoffDelay(const RetryPolicy& policy, int retry_number, double random);

// The wait that a 4xx or 5xx answer asks for, to the millisecond, between 1 ms and kLongestWait.
//
// `retry-after-ms` (decimal milliseconds) has precedence when it is a number and not negative.
// Otherwise `Retry-After`: decimal seconds, or an HTTP date relative to the `Date` of the same
// answer, so that the local clock does not matter; the retrier adds a date to answers without one.
// nullopt means the usual backoff: no such field, less than 0.5 ms, a date that is not after `Date`
// or has no usable `Date`, a negative number, "nan", "inf", and anything that is not a plain
// decimal number.
std::optional<std::chrono::milliseconds> ParseRetryAfter(const HttpResponse& response);

}  // namespace modelgates::gateway
