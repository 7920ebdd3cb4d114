#pragma once

#include <absl/container/inlined_vector.h>

#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>
#include <string_view>
#include <utility>

#include "base/event_loop.h"
#include "base/task.h"
#include "base/time.h"
#include "http/http.h"
#include "resilience/circuit_breaker.h"
#include "resilience/classification.h"
#include "resilience/retry_budget.h"
#include "resilience/retry_policy.h"

namespace modelgates::gateway {

// The wall clock, to date answers without a date. Never used for waits.
using WallClock = std::function<std::chrono::sys_seconds()>;

// One line of the attempt log.
struct AttemptRecord {
  int http_status = 0;                        // 0: no status line was read
  std::optional<TransportFailure> failure{};  // absent: there was an answer
  Delivery delivery = Delivery::kNever;
  FailureDetail detail = FailureDetail::kNone;
  Duration started{};  // since the call began
  Duration elapsed{};
  // The attempt has ended, and the upstream may have acted on it (RetryClass::kUnknownOutcome). A
  // refusal of a later attempt of an exchange is then EXCHANGE_OUTCOME_UNKNOWN.
  bool outcome_unknown = false;
};

// The attempts of one call, oldest first; at most kMaxAttempts.
using AttemptLog = absl::InlinedVector<AttemptRecord, 2>;

// Fills in everything but `started`, `elapsed` and `outcome_unknown`.
AttemptRecord ToRecord(const HttpResult& result);

// All results of a call upstream.
struct Outcome {
  // The result of the last attempt, with two exceptions. Without any attempt it is kTimeout
  // (deadline passed, breaker open, or gate closed) or kCancelled, both with kNever. After a stop
  // request during a backoff it is kCancelled with delivery and status of the last attempt.
  HttpResult last = TransportError{TransportFailure::kTimeout, Delivery::kNever};
  AttemptLog attempts;
  StopReason stop = StopReason::kDeadline;               // kNotRetryable after a success
  std::optional<std::chrono::milliseconds> retry_after;  // as Decision::retry_after
  // With kBreakerOpen and no attempt: Classification::reason of the breaker's last failure.
  int breaker_failure = 0;
};

// Whether the upstream may have acted on an attempt that has ended, including the last one.
bool HasUnknownAttempt(const Outcome& outcome);

// Asked before each attempt of one call, after the circuit breaker allowed the attempt.
class AttemptGate {
 public:
  // False: the attempt is not made, and the call ends with its last result.
  virtual Task<bool> MayAttempt() = 0;

 protected:
  ~AttemptGate() = default;
};

struct RetryOptions {
  RetryPolicy policy;
  TimePoint deadline = TimePoint::max();
  // Bound on each attempt, in addition to the deadline. Duration::max(): no bound. For an exchange
  // it also bounds everything after an attempt of unknown outcome, counted from the start of that
  // attempt.
  Duration attempt_timeout = Duration::max();
  // true: the deadline bounds only the start of an attempt and the waits before it. For an
  // exchange, whose answer is needed even after its first caller has left.
  bool attempt_may_outlive_deadline = false;
  // A stop request ends attempt or backoff at once with kCancelled.
  std::stop_token stop;
  Classifier classify = nullptr;  // required
  Repeat repeat = Repeat::kOnlyUnsent;
  // When the call began, for the attempt log and max_elapsed.
  TimePoint started;
};

// Notified of attempts and decisions as they happen.
//
// OnSendProgress: kBackoff follows a decision to retry, kConnecting the wait before that retry, but
// neither once the outcome of an attempt is unknown.
class AttemptObserver : public SendObserver {
 public:
  // `cause`: TransportError::cause.
  virtual void OnAttempt(const AttemptRecord& /*attempt*/, std::string_view /*cause*/) {}
  // Follows each OnAttempt. A second call revokes a retry that the breaker refuses after its wait.
  virtual void OnDecision(const Decision& /*decision*/) {}

 protected:
  ~AttemptObserver() = default;
};

// A timeout after less time than this is not counted against the upstream, because the caller's
// deadline was too short; unless the attempt timeout itself is shorter.
inline constexpr std::chrono::seconds kMinTelltaleTimeout{1};

// Sends until there is a final answer, a reason to stop, or no time left: attempt, decide, wait. It
// knows no RPC: the call brings the classifier, Decide decides about retries. No attempt begins at
// or after the deadline, and no wait exceeds it. Loop thread only.
//
// The recovery of an exchange with unknown outcome is bounded by `attempt_timeout`, not by the
// deadline of its callers. It uses a new connection, because there is only one recovery.
//
// Circuit breaker and retry budget, which all calls share, can end a call earlier. The breaker is
// asked before every attempt, and before a wait that would end while it is open. The budget is
// asked when a retry is decided, so that no call waits for a retry that is not allowed. A stale
// connection is not a failure for the breaker and, for a create, not a retry for the budget: the
// pool bounds their number.
class Retrier {
 public:
  // All must outlive every Send. `wall_clock` dates answers that have a date as Retry-After but no
  // Date.
  Retrier(EventLoop& loop, HttpTransport& transport, RandomSource random, RetryBudget& budget,
          CircuitBreaker& breaker, WallClock wall_clock)
      : loop_(loop),
        transport_(transport),
        random_(std::move(random)),
        budget_(budget),
        breaker_(breaker),
        wall_clock_(std::move(wall_clock)) {}

  // Each attempt sends the same bytes. `gate` may be null. All arguments must outlive the task.
  Task<Outcome> Send(const HttpRequest& request, const RetryOptions& options,
                     AttemptObserver& observer, AttemptGate* gate = nullptr);

 private:
  // nullopt: the breaker does not allow the attempt, and `outcome` has the reason.
  std::optional<CircuitBreaker::Ticket> AskBreaker(TimePoint now, Outcome& outcome,
                                                   AttemptObserver& observer);
  Decision DecideNext(const RetryOptions& options, RetryClass retry_class, TimePoint now,
                      const Outcome& outcome);
  void DateAnswer(HttpResult& result) const;
  // Ends with kCancelled or kTimeout.
  bool IsOver(const RetryOptions& options, Outcome& outcome) const;
  // Ends because the breaker is open.
  Decision Refusal(TimePoint now) const;

  EventLoop& loop_;
  HttpTransport& transport_;
  RandomSource random_;
  RetryBudget& budget_;
  CircuitBreaker& breaker_;
  const WallClock wall_clock_;
};

}  // namespace modelgates::gateway
