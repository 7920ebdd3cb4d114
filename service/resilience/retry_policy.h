#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/time.h"
#include "http/http.h"
#include "resilience/status_set.h"

namespace modelgates::gateway {

// How a result may be tried again, by the table of errors.md (columns create / exchange).
enum class RetryClass : uint8_t {
  kFinal,     // N, not even when the call's own statuses name it
  kNever,     // N
  kIfUnsent,  // U: the result itself proves that the upstream did not act on the request
  kOnceOver,  // R1: the outcome is unknown, and the attempt is over; one recovery at most
  kAlways,    // yes; of a create only
};

// What a second request would do when the upstream has already acted on the first.
enum class Repeat : uint8_t {
  kHarmless,     // create: one unused code that expires
  kOnlyUnsent,   // exchange: a code sent twice may cost the key of its first use
  kOneRecovery,  // exchange, all the same once after an attempt of unknown outcome that is over
  // What is left of kOneRecovery once that attempt was made: only a recovery of which no byte has
  // left us may be made again. Set by the retrier, never by a call.
  kOnlyUndelivered,
};

// Why no further attempt follows. The names of `stopReason` in errors.md.
enum class StopReason : uint8_t {
  kNotRetryable,       // success, cancelled, or nothing that time would mend
  kAttemptsExhausted,  // max_attempts, or max_elapsed
  kBudgetExhausted,    // would have been tried again, had the retry budget had a token
  kDeadline,     // the wait does not fit: into the deadline, or a Retry-After into max_retry_after
  kBreakerOpen,  // would have been tried (again), had the circuit breaker been closed
  kRetriesOff,   // would have been tried again, had the policy not been off
  kUnsafeExchange,  // would have been tried again, had it not been an exchange
};

// "not_retryable", "attempts_exhausted", ...
std::string_view ToString(StopReason stop);

// No policy allows more attempts for one call: the attempt log has a bound.
inline constexpr int kMaxAttempts = 10;

// A retry that would have less time than this is not made: it would end as a timeout and hide the
// answer we have. The same bound refuses a call before its first attempt (DEADLINE_TOO_SHORT).
inline constexpr std::chrono::milliseconds kMinAttemptTime{100};

// When and how long to wait for another attempt: the server's settings, overridden by the call's
// RetryConfig. The defaults of the backoff are the SDK's (REST contract, section 5). Values are
// expected within the bounds that oauth.proto gives; others are clamped, never a tight loop.
struct RetryPolicy {
  int max_attempts = 4;  // the first included
  std::chrono::milliseconds initial_interval{500};
  std::chrono::milliseconds max_interval{60'000};
  double exponent = 1.5;
  // No retry follows a failure that comes later than this after the call began; as in the SDK the
  // wait itself does not count. Absent: the deadline alone.
  std::optional<std::chrono::milliseconds> max_elapsed;
  std::chrono::milliseconds jitter{1'000};  // a random part of it is added to each interval
  bool retry_connection_errors = true;      // false: a TransportError ends the call
  bool enabled = true;                      // false: strategy NONE, one attempt
  // Not empty: replaces the table's choice of answers. A create is then tried again after every
  // status in it that the table does not call kFinal; an exchange only after kIfUnsent. Neither this nor
  // `retry_connection_errors` governs the recovery of an exchange; the rest does.
  StatusSet statuses;
  // An upstream that asks for a longer wait is not waited for at all.
  std::chrono::milliseconds max_retry_after{10'000};
};

struct Decision {
  bool retry = false;
  Duration delay{};                             // from now to the next attempt; 0 without one
  StopReason stop = StopReason::kNotRetryable;  // without meaning when `retry`
  // The wait that the upstream asked for, whether or not we wait; never 0. With kBreakerOpen at
  // least the time until the breaker's next probe.
  std::optional<std::chrono::milliseconds> retry_after;
};

// Decides what follows after attempt number `attempts_made`. Pure: equal arguments, equal decision.
//
// `retry_class` is the table's word on `result`. `elapsed` counts from the start of the call,
// `time_left` to its deadline; both are measured after the attempt. `random` is in [0, 1).
//
// For Repeat::kOnlyUnsent nothing but kIfUnsent is ever tried again, and no TransportError whose
// `delivery` contradicts it, whatever the policy says; kOneRecovery adds kOnceOver to that. A
// timeout with no time left is the caller's deadline, of whatever class.
//
// With Repeat::kHarmless a stale connection is no reason to wait: the delay is 0 then. The caller
// sees to it that this happens once a call.
Decision Decide(const RetryPolicy& policy, const HttpResult& result, RetryClass retry_class,
                Repeat repeat, int attempts_made, Duration elapsed, Duration time_left,
                double random);

}  // namespace modelgates::gateway
