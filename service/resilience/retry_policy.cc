#include "resilience/retry_policy.h"

#include <algorithm>

#include "resilience/backoff.h"

namespace modelgates::gateway {
namespace {

using std::chrono::milliseconds;

// The one attempt after an unknown outcome. The caller's choice of retries does not apply to it,
// because it concerns failures that are known to be harmless.
bool IsRecovery(RetryClass retry_class, Repeat repeat) {
  return retry_class == RetryClass::kUnknownOutcome && repeat == Repeat::kOneRecovery;
}

// Why the class forbids another attempt; nullopt: it does not.
std::optional<StopReason> BarredByClass(RetryClass retry_class, Repeat repeat) {
  switch (retry_class) {
    case RetryClass::kFinal:
    case RetryClass::kNever:
      return StopReason::kNotRetryable;
    case RetryClass::kUnknownOutcome:
      if (IsRecovery(retry_class, repeat)) return std::nullopt;
      return StopReason::kUnsafeExchange;
    case RetryClass::kIfUnsent:
      return std::nullopt;
    case RetryClass::kAlways:
      if (repeat == Repeat::kHarmless) return std::nullopt;
      return StopReason::kUnsafeExchange;
  }
  return StopReason::kNotRetryable;
}

// Why this answer is final, independent of the attempts and the time left.
std::optional<StopReason> Barred(const RetryPolicy& policy, const HttpResponse& response,
                                 RetryClass retry_class, Repeat repeat) {
  const bool is_error = response.status >= 400 && response.status <= 599;
  if (!is_error || retry_class == RetryClass::kFinal) return StopReason::kNotRetryable;
  if (repeat == Repeat::kOnlyUndelivered && retry_class != RetryClass::kNever) {
    return StopReason::kUnsafeExchange;
  }
  if (!policy.statuses.empty() && !IsRecovery(retry_class, repeat)) {
    if (!policy.statuses.Contains(response.status)) return StopReason::kNotRetryable;
    if (repeat == Repeat::kHarmless) return std::nullopt;
  }
  return BarredByClass(retry_class, repeat);
}

std::optional<StopReason> Barred(const RetryPolicy& policy, const TransportError& error,
                                 RetryClass retry_class, Repeat repeat) {
  if (error.failure == TransportFailure::kCancelled) return StopReason::kNotRetryable;
  if (const auto barred = BarredByClass(retry_class, repeat)) return barred;
  if (IsRecovery(retry_class, repeat)) return std::nullopt;
  // With a refused stream the upstream says that it did not act, although bytes were sent.
  const bool unsent =
      error.delivery == Delivery::kNever ||
      (error.failure == TransportFailure::kRefusedStream && repeat != Repeat::kOnlyUndelivered);
  if (repeat != Repeat::kHarmless && !unsent) return StopReason::kUnsafeExchange;
  if (!policy.retry_connection_errors) return StopReason::kNotRetryable;
  return std::nullopt;
}

// Whether the caller's deadline ended the attempt.
bool IsOutOfTime(const HttpResult& result, Duration time_left) {
  const auto* error = std::get_if<TransportError>(&result);
  return error != nullptr && error->failure == TransportFailure::kTimeout &&
         time_left <= Duration::zero();
}

bool IsExhausted(const RetryPolicy& policy, int attempts_made, Duration elapsed) {
  if (attempts_made >= std::min(policy.max_attempts, kMaxAttempts)) return true;
  // Rounded up to whole milliseconds: the same result, and a huge setting does not overflow.
  return policy.max_elapsed && std::chrono::ceil<milliseconds>(elapsed) > *policy.max_elapsed;
}

}  // namespace

std::string_view ToString(StopReason stop) {
  switch (stop) {
    case StopReason::kNotRetryable:
      return "not_retryable";
    case StopReason::kAttemptsExhausted:
      return "attempts_exhausted";
    case StopReason::kBudgetExhausted:
      return "budget_exhausted";
    case StopReason::kDeadline:
      return "deadline";
    case StopReason::kBreakerOpen:
      return "breaker_open";
    case StopReason::kRetriesOff:
      return "retries_off";
    case StopReason::kUnsafeExchange:
      return "unsafe_exchange";
  }
  return "unknown";
}

Decision Decide(const RetryPolicy& policy, const HttpResult& result, RetryClass retry_class,
                Repeat repeat, int attempts_made, Duration elapsed, Duration time_left,
                double random) {
  Decision decision;
  if (const auto* response = std::get_if<HttpResponse>(&result)) {
    decision.retry_after = ParseRetryAfter(*response);
  }
  const auto stop = [&](StopReason reason) {
    decision.stop = reason;
    return decision;
  };

  if (IsOutOfTime(result, time_left)) return stop(StopReason::kDeadline);
  const std::optional<StopReason> barred = std::visit(
      [&](const auto& came_back) { return Barred(policy, came_back, retry_class, repeat); },
      result);
  if (barred) return stop(*barred);
  if (!policy.enabled) return stop(StopReason::kRetriesOff);
  if (IsExhausted(policy, attempts_made, elapsed)) return stop(StopReason::kAttemptsExhausted);

  if (decision.retry_after > policy.max_retry_after) return stop(StopReason::kDeadline);
  Duration delay{};
  // A stale connection says nothing about the upstream, so there is no reason to wait.
  if (!MetStaleConnection(result) || repeat != Repeat::kHarmless) {
    delay = decision.retry_after ? Duration(*decision.retry_after)
                                 : BackoffDelay(policy, attempts_made - 1, random);
  }
  if (time_left < delay + kMinAttemptTime) return stop(StopReason::kDeadline);
  decision.retry = true;
  decision.delay = delay;
  return decision;
}

}  // namespace modelgates::gateway
