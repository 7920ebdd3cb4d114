#include "resilience/retrier.h"

#include <algorithm>

#include "base/wait_point.h"
#include "resilience/http_date.h"

namespace modelgates::gateway {
namespace {

// Delivery and status of the last attempt stay valid when a stop request ends the backoff.
void BecomeCancelled(Outcome& outcome) {
  const AttemptRecord last = outcome.attempts.empty() ? AttemptRecord{} : outcome.attempts.back();
  outcome.last = TransportError{TransportFailure::kCancelled, last.delivery, last.http_status};
  outcome.stop = StopReason::kNotRetryable;
  outcome.retry_after.reset();
}

// The attempt that may have spent the code of an exchange; null when there was none.
const AttemptRecord* UnknownAttempt(const RetryOptions& options, const Outcome& outcome) {
  if (options.repeat == Repeat::kHarmless) return nullptr;
  const auto found = std::find_if(outcome.attempts.begin(), outcome.attempts.end(),
                                  [](const AttemptRecord& it) { return it.outcome_unknown; });
  return found == outcome.attempts.end() ? nullptr : &*found;
}

// Until when attempts may begin.
TimePoint LastStart(const RetryOptions& options, const AttemptRecord* unknown) {
  if (unknown == nullptr || options.attempt_timeout == Duration::max()) return options.deadline;
  return options.started + unknown->started + options.attempt_timeout;
}

TimePoint AttemptDeadline(const RetryOptions& options, TimePoint now,
                          const AttemptRecord* unknown) {
  if (unknown != nullptr) return LastStart(options, unknown);
  const TimePoint bound =
      options.attempt_may_outlive_deadline ? TimePoint::max() : options.deadline;
  // Compared before the addition, because now + Duration::max() would overflow.
  return options.attempt_timeout < bound - now ? now + options.attempt_timeout : bound;
}

// See kMinTelltaleTimeout.
bool TimedOutTooSoonToBlameUpstream(const HttpResult& result, Duration attempt_timeout,
                                    Duration time_given) {
  const auto* error = std::get_if<TransportError>(&result);
  return error != nullptr && error->failure == TransportFailure::kTimeout &&
         time_given < std::min<Duration>(kMinTelltaleTimeout, attempt_timeout);
}

}  // namespace

AttemptRecord ToRecord(const HttpResult& result) {
  AttemptRecord record;
  if (const auto* response = std::get_if<HttpResponse>(&result)) {
    record.http_status = response->status;
    record.delivery = Delivery::kAnswered;
  } else {
    const auto& error = std::get<TransportError>(result);
    record.http_status = error.http_status;
    record.failure = error.failure;
    record.detail = error.detail;
    record.delivery = error.delivery;
  }
  return record;
}

bool HasUnknownAttempt(const Outcome& outcome) {
  return std::any_of(outcome.attempts.begin(), outcome.attempts.end(),
                     [](const AttemptRecord& attempt) { return attempt.outcome_unknown; });
}

std::optional<CircuitBreaker::Ticket> Retrier::AskBreaker(TimePoint now, Outcome& outcome,
                                                          AttemptObserver& observer) {
  const bool is_retry = !outcome.attempts.empty();
  const std::optional<CircuitBreaker::Ticket> ticket = breaker_.Enter(now);
  if (ticket) {
    if (!is_retry) budget_.Deposit();
    return ticket;
  }
  const Decision refusal = Refusal(now);
  if (is_retry) observer.OnDecision(refusal);
  outcome.stop = refusal.stop;
  outcome.retry_after = refusal.retry_after;
  outcome.breaker_failure = breaker_.last_failure();
  return ticket;
}

// The recipient of an answer without a Date uses the time of arrival (RFC 9110, 6.6.1). A date in
// Retry-After is relative to it (see ParseRetryAfter).
void Retrier::DateAnswer(HttpResult& result) const {
  auto* response = std::get_if<HttpResponse>(&result);
  if (response == nullptr || response->retry_after.empty()) return;
  if (!ParseHttpDate(response->date)) response->date = ToHttpDate(wall_clock_());
}

Decision Retrier::DecideNext(const RetryOptions& options, RetryClass retry_class, TimePoint now,
                             const Outcome& outcome) {
  const AttemptRecord* unknown = UnknownAttempt(options, outcome);
  const bool is_over = unknown != nullptr && unknown != &outcome.attempts.back();
  const Repeat repeat = is_over ? Repeat::kOnlyUndelivered : options.repeat;
  Decision decision = Decide(options.policy, outcome.last, retry_class, repeat,
                             static_cast<int>(outcome.attempts.size()), now - options.started,
                             LastStart(options, unknown) - now, random_());
  if (!decision.retry) return decision;
  if (!breaker_.closed()) {
    Decision refusal = Refusal(now);
    refusal.retry_after = std::max(refusal.retry_after, decision.retry_after);
    return refusal;
  }
  // The pool bounds the number of stale connections, so they need no budget.
  const bool is_free = options.repeat == Repeat::kHarmless && MetStaleConnection(outcome.last);
  if (!is_free && !budget_.Take(now)) {
    decision.retry = false;
    decision.delay = {};
    decision.stop = StopReason::kBudgetExhausted;
  }
  return decision;
}

Decision Retrier::Refusal(TimePoint now) const {
  Decision decision;
  decision.stop = StopReason::kBreakerOpen;
  decision.retry_after = breaker_.RetryIn(now);
  return decision;
}

bool Retrier::IsOver(const RetryOptions& options, Outcome& outcome) const {
  if (options.stop.stop_requested()) {
    BecomeCancelled(outcome);
    return true;
  }
  // No wait is planned beyond the deadline, but a busy loop may resume this later than planned.
  if (loop_.Now() < LastStart(options, UnknownAttempt(options, outcome))) return false;
  outcome.stop = StopReason::kDeadline;
  return true;
}

Task<Outcome> Retrier::Send(const HttpRequest& request, const RetryOptions& options,
                            AttemptObserver& observer, AttemptGate* gate) {
  Outcome outcome;
  // After one stale idle connection the call uses a new one, so that it does not meet a second.
  bool fresh_connection = false;
  while (true) {
    if (IsOver(options, outcome)) co_return outcome;
    const std::optional<CircuitBreaker::Ticket> ticket = AskBreaker(loop_.Now(), outcome, observer);
    if (!ticket) co_return outcome;
    if (gate != nullptr) {
      Task<bool> asking = gate->MayAttempt();
      const bool is_open = co_await asking;
      if (!is_open) {
        Decision shut;
        shut.stop = StopReason::kUnsafeExchange;
        if (!outcome.attempts.empty()) observer.OnDecision(shut);
        outcome.stop = shut.stop;
        co_return outcome;
      }
      if (IsOver(options, outcome)) co_return outcome;
    }

    const TimePoint sent = loop_.Now();
    const AttemptRecord* unknown = UnknownAttempt(options, outcome);
    const TimePoint attempt_deadline = AttemptDeadline(options, sent, unknown);
    Task<HttpResult> sending = transport_.Send(request, {.deadline = attempt_deadline,
                                                         .stop = options.stop,
                                                         .observer = &observer,
                                                         .fresh_connection = fresh_connection});
    outcome.last = co_await sending;
    DateAnswer(outcome.last);
    const bool stale_connection = MetStaleConnection(outcome.last);
    const TimePoint ended = loop_.Now();
    const Classification classification = options.classify(outcome.last);
    AttemptRecord& record = outcome.attempts.emplace_back(ToRecord(outcome.last));
    record.started = sent - options.started;
    record.elapsed = ended - sent;
    record.outcome_unknown = classification.retry == RetryClass::kUnknownOutcome;
    observer.OnAttempt(record, CauseOf(outcome.last));

    // Before the decision, so that the failure that opens the breaker is not retried. A stale
    // connection is not a failure.
    if (!stale_connection && !TimedOutTooSoonToBlameUpstream(outcome.last, options.attempt_timeout,
                                                             attempt_deadline - sent)) {
      breaker_.Record(*ticket, classification, ended);
    }
    const Decision decision = DecideNext(options, classification.retry, ended, outcome);
    observer.OnDecision(decision);
    outcome.stop = decision.stop;
    outcome.retry_after = decision.retry_after;
    if (!decision.retry) co_return outcome;

    unknown = UnknownAttempt(options, outcome);
    fresh_connection = fresh_connection || stale_connection || unknown != nullptr;
    const bool reports = unknown == nullptr;
    if (reports) observer.OnSendProgress(SendProgress::kBackoff);
    WaitPoint backoff(loop_);
    const TimePoint next = loop_.Now() + decision.delay;
    co_await backoff.Wait(next, options.stop);
    if (reports) observer.OnSendProgress(SendProgress::kConnecting);
  }
}

}  // namespace modelgates::gateway
