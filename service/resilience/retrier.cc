#include "resilience/retrier.h"

#include "base/wait_point.h"

namespace modelgates::gateway {
namespace {

// What was delivered stays true when the wait for a better result is cut short.
void BecomeCancelled(Outcome& outcome) {
  const AttemptRecord last = outcome.attempts.empty() ? AttemptRecord{} : outcome.attempts.back();
  outcome.last = TransportError{TransportFailure::kCancelled, last.delivery, last.http_status};
  outcome.stop = StopReason::kNotRetryable;
  outcome.retry_after.reset();
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
    record.delivery = error.delivery;
  }
  return record;
}

Task<HttpResult> Retrier::SendOnce(const HttpRequest& request, const CallOptions& options) {
  const TimePoint now = loop_.Now();
  SendOptions send_options{
      .deadline = options.attempt_may_outlive_deadline ? TimePoint::max() : options.deadline,
      .stop = options.stop,
      .offered = options.offered};
  // Compared before it is added: Duration::max() from now is no point in time.
  if (options.attempt_timeout < send_options.deadline - now) {
    send_options.deadline = now + options.attempt_timeout;
  }
  return transport_.Send(request, std::move(send_options));
}

Decision Retrier::DecideNext(const CallOptions& options, Outcome& outcome) {
  const TimePoint now = loop_.Now();
  const RetryClass retry_class = options.classify(outcome.last);
  outcome.attempts.back().outcome_unknown = retry_class == RetryClass::kOnceOver;
  return Decide(options.policy, outcome.last, retry_class, options.repeat,
                static_cast<int>(outcome.attempts.size()), now - options.started,
                options.deadline - now, random_());
}

Task<Outcome> Retrier::Send(const HttpRequest& request, const CallOptions& options,
                            AttemptObserver* observer) {
  Outcome outcome;
  while (true) {
    if (options.stop.stop_requested()) {
      BecomeCancelled(outcome);
      co_return outcome;
    }
    // No wait is planned past the deadline, but a busy loop may wake us later than planned.
    const TimePoint sent = loop_.Now();
    if (sent >= options.deadline) {
      outcome.stop = StopReason::kDeadline;
      co_return outcome;
    }

    // The circuit breaker's place: open, it ends the call here instead of the attempt.
    Task<HttpResult> sending = SendOnce(request, options);
    outcome.last = co_await sending;
    AttemptRecord& record = outcome.attempts.emplace_back(ToRecord(outcome.last));
    record.started = sent - options.started;
    record.elapsed = loop_.Now() - sent;
    if (observer != nullptr) observer->OnAttempt(record);

    const Decision decision = DecideNext(options, outcome);
    // The retry budget's place: spent, it turns a retry into a stop before anybody hears of it.
    if (observer != nullptr) observer->OnDecision(decision);
    outcome.stop = decision.stop;
    outcome.retry_after = decision.retry_after;
    if (!decision.retry) co_return outcome;

    if (options.offered != nullptr) *options.offered = false;
    WaitPoint backoff(loop_);
    const TimePoint next = loop_.Now() + decision.delay;
    co_await backoff.Wait(next, options.stop);
  }
}

}  // namespace modelgates::gateway
