#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/time.h"
#include "http/http.h"
#include "resilience/status_set.h"

namespace modelgates::gateway {

// Whether a result may be retried: the columns "create again" and "exchange again" of errors.md.
enum class RetryClass : uint8_t {
  kFinal,           // N, not even when the call's own statuses name it
  kNever,           // N
  kIfUnsent,        // U: the result itself proves that the upstream did not act on the request
  kUnknownOutcome,  // R1: the attempt has ended with an unknown outcome; at most one recovery
  kAlways,          // yes; of a create only
};

// What a second request does if the upstream has already acted on the first.
enum class Repeat : uint8_t {
  kHarmless,     // create: leaves an unused code, which expires
  kOnlyUnsent,   // exchange: sending a code twice may revoke the key of its first use
  kOneRecovery,  // exchange: also once after an ended attempt whose outcome is unknown
  // kOneRecovery after that attempt: only a recovery of which no byte was sent may be repeated. Set
  // by the retrier, never by a call.
  kOnlyUndelivered,
};

// Why no further attempt follows: the values of `stopReason` in errors.md.
enum class StopReason : uint8_t {
  kNotRetryable,       // success, cancelled, or an error that a retry does not change
  kAttemptsExhausted,  // max_attempts, or max_elapsed
  kBudgetExhausted,    // the retry budget has no token
  kDeadline,     // the wait does not fit: into the deadline, or a Retry-After into max_retry_after
  kBreakerOpen,  // the circuit breaker is open
  kRetriesOff,   // strategy NONE
  kUnsafeExchange,  // an exchange that may have been used; a create would be retried
};

// "not_retryable", "attempts_exhausted", ...
std::string_view ToString(StopReason stop);

// Most attempts of one call under any policy; bounds the attempt log.
inline constexpr int kMaxAttempts = 10;

// A retry with less time left than this is not made, because its timeout would hide the previous
// answer. The same bound refuses a call before its first attempt (DEADLINE_TOO_SHORT).
inline constexpr std::chrono::milliseconds kMinAttemptTime{100};

// When to retry and how long to wait: the settings of the gateway, overridden by the call's
// RetryConfig. The backoff has the defaults of the SDK (REST contract, section 5). Values outside
// of the bounds in oauth.proto are clamped.
struct RetryPolicy {
  int max_attempts = 4;  // including the first
  std::chrono::milliseconds initial_interval{500};
  std::chrono::milliseconds max_interval{60'000};
  double exponent = 1.5;
  // Time from the start of the call after which a failure is not retried. As in the SDK, the wait
  // before the retry is not included. Absent: only the deadline is a limit.
  std::optional<std::chrono::milliseconds> max_elapsed;
  std::chrono::milliseconds jitter{1'000};  // a random part of it is added to each interval
  bool retry_connection_errors = true;      // false: a TransportError ends the call
  bool enabled = true;                      // false: strategy NONE, one attempt
  // Not empty: replaces the table's choice of answers. A create is then tried again after every
  // status in it that the table does not call kFinal; an exchange only after kIfUnsent. Neither
  // this nor `retry_connection_errors` governs the recovery of an exchange; the rest does.
  StatusSet statuses;
  // If the upstream asks for a longer wait, the call ends without waiting.
  std::chrono::milliseconds max_retry_after{10'000};
};

struct Decision {
  bool retry = false;
  Duration delay{};                             // from now to the next attempt; 0 without one
  StopReason stop = StopReason::kNotRetryable;  // without meaning when `retry`
  // The wait that the upstream asked for, also if the call does not wait; never 0. With
  // kBreakerOpen it is at least the time until the breaker's next probe.
  std::optional<std::chrono::milliseconds> retry_after;
};

// Decides what follows after attempt number `attempts_made`. A pure function.
//
// `retry_class` is what the error catalogue says about `result`. `elapsed` counts from the start of
// the call, `time_left` to its deadline; both are measured after the attempt. `random` is in [0,
// 1).
//
// With Repeat::kOnlyUnsent only kIfUnsent is retried, for any policy, and no TransportError whose
// `delivery` contradicts it. kOneRecovery adds kUnknownOutcome. A timeout without time left is the
// caller's deadline, in any class.
//
// With Repeat::kHarmless the delay after a stale connection is 0. The caller ensures that this
// happens once per call.
Decision Decide(const RetryPolicy& policy, const HttpResult& result, RetryClass retry_class,
                Repeat repeat, int attempts_made, Duration elapsed, Duration time_left,
                double random);

}  // namespace modelgates::gateway
