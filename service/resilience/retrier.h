#pragma once

#include <absl/container/inlined_vector.h>
#include <absl/functional/any_invocable.h>

#include <chrono>
#include <optional>
#include <stop_token>
#include <utility>

#include "base/event_loop.h"
#include "base/task.h"
#include "base/time.h"
#include "http/http.h"
#include "resilience/retry_policy.h"

namespace modelgates::gateway {

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

// What `result` says of its attempt; when that was, it does not.
AttemptRecord ToRecord(const HttpResult& result);

// Everything that a call learned upstream.
struct Outcome {
  // The last attempt's result. Two cases are ours: without any attempt it is kTimeout (the deadline
  // had passed) or kCancelled, both kNever; when stop was requested during a backoff it is
  // kCancelled with delivery and status of the last attempt.
  HttpResult last = TransportError{TransportFailure::kTimeout, Delivery::kNever};
  absl::InlinedVector<AttemptRecord, 2> attempts;        // oldest first; at most kMaxAttempts
  StopReason stop = StopReason::kDeadline;               // kNotRetryable after a success
  std::optional<std::chrono::milliseconds> retry_after;  // asked for by the last answer
};

// The table's word on one result. Called once an attempt.
using Classifier = RetryClass (*)(const HttpResult&);

struct CallOptions {
  RetryPolicy policy;
  TimePoint deadline = TimePoint::max();
  // Bounds each attempt, within the deadline. Duration::max(): nothing but the deadline does.
  Duration attempt_timeout = Duration::max();
  // The deadline then bounds only when an attempt may begin and what is waited for before it. An
  // exchange: its answer is wanted even when its first caller has left.
  bool attempt_may_outlive_deadline = false;
  // Ends attempt or backoff with kCancelled, now.
  std::stop_token stop;
  Classifier classify = nullptr;  // required
  Repeat repeat = Repeat::kOnlyUnsent;
  // True from the first byte that the attempt under way offers to the kernel (see SendOptions).
  // Back to false once it is decided to try again: for an exchange, nothing was used then. May be
  // null.
  bool* offered = nullptr;
  // When the call began, for the attempt log and max_elapsed.
  TimePoint started;
};

// Is told what happens, as it happens: for metrics and the log.
class AttemptObserver {
 public:
  virtual void OnAttempt(const AttemptRecord& /*attempt*/) {}
  // Follows each OnAttempt.
  virtual void OnDecision(const Decision& /*decision*/) {}

 protected:
  ~AttemptObserver() = default;
};

// Sends until there is an answer that stands, a reason to stop, or no time: attempt, decide, wait.
// Knows no RPC: which results may be repeated comes with the call, when to repeat from Decide.
// No attempt begins at or after the deadline and no wait outlives it. Loop thread only.
class Retrier {
 public:
  // Gives numbers in [0, 1) for the jitter.
  using RandomSource = absl::AnyInvocable<double()>;

  // `loop` and `transport` must outlive every Send.
  Retrier(EventLoop& loop, HttpTransport& transport, RandomSource random)
      : loop_(loop), transport_(transport), random_(std::move(random)) {}

  // Each attempt sends the same bytes. `request`, `options` and `observer` must outlive the task;
  // `observer` may be null.
  Task<Outcome> Send(const HttpRequest& request, const CallOptions& options,
                     AttemptObserver* observer);

 private:
  Task<HttpResult> SendOnce(const HttpRequest& request, const CallOptions& options);
  Decision DecideNext(const CallOptions& options, Outcome& outcome);

  EventLoop& loop_;
  HttpTransport& transport_;
  RandomSource random_;
};

}  // namespace modelgates::gateway
