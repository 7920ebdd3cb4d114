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
#include "resilience/random_source.h"
#include "resilience/retry_budget.h"
#include "resilience/retry_policy.h"

namespace modelgates::gateway {

// Tells the time of day: to date what others said, never to wait.
using WallClock = std::function<std::chrono::sys_seconds()>;

// One line of the attempt log.
struct AttemptRecord {
  int http_status = 0;                        // 0: no status line was read
  std::optional<TransportFailure> failure{};  // absent: there was an answer
  Delivery delivery = Delivery::kNever;
  Duration started{};  // since the call began
  Duration elapsed{};
  // The upstream may have acted on it, and it is over: RetryClass::kOnceOver. What a later refusal
  // of an exchange means depends on it.
  bool outcome_unknown = false;
};

// The attempts of one call, oldest first; at most kMaxAttempts.
using AttemptLog = absl::InlinedVector<AttemptRecord, 2>;

// Fills in everything but `started`, `elapsed` and `outcome_unknown`.
AttemptRecord ToRecord(const HttpResult& result);

// Everything that a call learned upstream.
struct Outcome {
  // The last attempt's result. Two cases are ours: without any attempt it is kTimeout (the deadline
  // had passed, or the breaker was open, or the gate closed) or kCancelled, both kNever; when stop
  // was requested during a backoff it is kCancelled with delivery and status of the last attempt.
  HttpResult last = TransportError{TransportFailure::kTimeout, Delivery::kNever};
  AttemptLog attempts;
  StopReason stop = StopReason::kDeadline;               // kNotRetryable after a success
  std::optional<std::chrono::milliseconds> retry_after;  // as Decision::retry_after
  // With kBreakerOpen and no attempt: Classification::reason of the breaker's last failure.
  int breaker_failure = 0;
};

// Whether the upstream may have acted on an attempt, the last one included, that is over.
bool HasUnknownAttempt(const Outcome& outcome);

// Asked before each attempt of one call, once the circuit breaker has let it through.
class AttemptGate {
 public:
  // False: the attempt is not made, and the call ends with what it has.
  virtual Task<bool> Enter() = 0;

 protected:
  ~AttemptGate() = default;
};

struct CallOptions {
  RetryPolicy policy;
  TimePoint deadline = TimePoint::max();
  // Bounds each attempt, within the deadline. Duration::max(): nothing but the deadline does. Of an
  // exchange: also all that follows an attempt of unknown outcome, counted from its start.
  Duration attempt_timeout = Duration::max();
  // The deadline then bounds only when an attempt may begin and what is waited for before it. An
  // exchange: its answer is wanted even when its first caller has left.
  bool attempt_may_outlive_deadline = false;
  // Ends attempt or backoff with kCancelled, now.
  std::stop_token stop;
  Classifier classify = nullptr;  // required
  Repeat repeat = Repeat::kOnlyUnsent;
  AttemptGate* gate = nullptr;  // may be null
  // When the call began, for the attempt log and max_elapsed.
  TimePoint started;
};

// Is told what happens, as it happens.
//
// OnSendProgress: kBackoff follows a decision to retry, kConnecting the wait before that retry, but
// neither once the outcome of an attempt is unknown.
class AttemptObserver : public SendObserver {
 public:
  // `cause`: TransportError::cause.
  virtual void OnAttempt(const AttemptRecord& /*attempt*/, std::string_view /*cause*/) {}
  // Follows each OnAttempt; a second one revokes a retry, when the breaker refuses it after its
  // wait.
  virtual void OnDecision(const Decision& /*decision*/) {}

 protected:
  ~AttemptObserver() = default;
};

// A timeout after less time than this says nothing of the upstream, unless the attempt timeout
// itself is shorter: the caller was in a hurry.
inline constexpr std::chrono::seconds kPatience{1};

// Sends until there is an answer that stands, a reason to stop, or no time: attempt, decide, wait.
// Knows no RPC: which results may be repeated comes with the call, when to repeat from Decide.
// No attempt begins at or after the deadline and no wait outlives it. Loop thread only.
//
// An exchange that was sent and whose outcome is unknown goes on without its callers: its recovery
// is bound by its own time (`attempt_timeout`), not by their deadline. The recovery goes out on a
// connection of its own, since there is but one.
//
// Two things that all calls share can end a call earlier. The circuit breaker is asked before every
// attempt, and before a wait that would end at a closed door; the retry budget when a retry is
// decided, so that nobody waits for a retry that will not be. A stale connection is neither a
// failure to the one nor, for a create, a retry to the other: how many there are is bounded by the
// pool.
class Retrier {
 public:
  // All must outlive every Send. `budget` and `breaker` may be null: there is none. `wall_clock`
  // dates answers whose Retry-After is a date and that have none of their own; empty: they stay so.
  Retrier(EventLoop& loop, HttpTransport& transport, RandomSource random,
          RetryBudget* budget = nullptr, CircuitBreaker* breaker = nullptr,
          WallClock wall_clock = nullptr)
      : loop_(loop),
        transport_(transport),
        random_(std::move(random)),
        budget_(budget),
        breaker_(breaker),
        wall_clock_(std::move(wall_clock)) {}

  // Each attempt sends the same bytes. `request`, `options` and `observer` must outlive the task;
  // `observer` may be null.
  Task<Outcome> Send(const HttpRequest& request, const CallOptions& options,
                     AttemptObserver* observer);

 private:
  // Past breaker and budget; nullopt: `outcome` says why the call ends without this attempt.
  std::optional<CircuitBreaker::Ticket> Enter(TimePoint now, Outcome& outcome,
                                              AttemptObserver* observer);
  Task<HttpResult> SendOnce(const HttpRequest& request, const CallOptions& options,
                            AttemptObserver* observer, TimePoint attempt_deadline,
                            bool fresh_connection);
  Decision DecideNext(const CallOptions& options, RetryClass retry_class, TimePoint now,
                      const Outcome& outcome);
  void DateAnswer(HttpResult& result) const;
  // Stopped, or out of time.
  bool IsOver(const CallOptions& options, Outcome& outcome) const;
  // By the breaker.
  Decision Refusal(TimePoint now) const;

  EventLoop& loop_;
  HttpTransport& transport_;
  RandomSource random_;
  RetryBudget* const budget_;
  CircuitBreaker* const breaker_;
  const WallClock wall_clock_;
};

}  // namespace modelgates::gateway
