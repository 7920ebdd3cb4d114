#include "failure/failed_call.h"

#include <algorithm>
#include <utility>

#include "failure/verdict.h"

namespace modelgates::gateway {
namespace {

namespace v1 = modelgates::oauth::v1;

AuthCodeState LocalState(Rpc rpc, const ErrorRow& row) {
  return rpc == Rpc::kExchangeAuthCode ? row.auth_code_state
                                       : v1::UpstreamError::AUTH_CODE_STATE_UNSPECIFIED;
}

bool AnEarlierAttemptMayHaveSpentTheCode(const Outcome& outcome) {
  return outcome.attempts.size() > 1 &&
         std::any_of(outcome.attempts.begin(), outcome.attempts.end() - 1,
                     [](const AttemptRecord& attempt) { return attempt.outcome_unknown; });
}

// The caller's deadline: the retrier had no time left, or not enough for another attempt. Never for
// an exchange that was sent: its outcome is unknown.
bool IsDeadline(Rpc rpc, const Outcome& outcome) {
  const auto* error = std::get_if<TransportError>(&outcome.last);
  return error != nullptr && error->failure == TransportFailure::kTimeout &&
         outcome.stop == StopReason::kDeadline &&
         (rpc == Rpc::kCreateAuthCode || error->delivery == Delivery::kNever);
}

// A recovery was necessary and is not made: the outcome stays unknown.
bool IsRefusedRecovery(Rpc rpc, const Verdict& verdict, StopReason stop) {
  return rpc == Rpc::kExchangeAuthCode && verdict.retry == RetryClass::kUnknownOutcome &&
         (stop == StopReason::kBreakerOpen || stop == StopReason::kBudgetExhausted);
}

void BecomeUnknown(FailedCall& failed) {
  const ErrorRow& unknown = RowOf(v1::EXCHANGE_OUTCOME_UNKNOWN);
  failed.reason = unknown.reason;
  failed.code = unknown.code;
}

// The state after the last attempt does not change that an earlier one may have spent the code.
void RememberUnknownAttempt(FailedCall& failed) {
  const bool unsent = failed.auth_code_state == v1::UpstreamError::UNSENT;
  const bool rejected = failed.auth_code_state == v1::UpstreamError::REJECTED;
  if (unsent || rejected) failed.auth_code_state = v1::UpstreamError::UNKNOWN;
  if (unsent || ReasonRow(failed).after_unknown == AfterUnknown::kOutcomeUnknown) {
    BecomeUnknown(failed);
    failed.after_unknown_attempt = true;
  }
}

// A wait that the gateway did not make: a long Retry-After, an open breaker. When its attempts are
// exhausted, repeats of the caller would only multiply them.
bool IsWorthAWait(const Verdict& verdict, const FailedCall& failed) {
  // Also a failure that only the RetryConfig of a create makes retryable.
  const bool was_to_be_retried =
      failed.stop == StopReason::kBreakerOpen && failed.rpc == Rpc::kCreateAuthCode;
  const bool is_harmless =
      verdict.retry == RetryClass::kAlways || verdict.retry == RetryClass::kIfUnsent;
  const bool waitable = verdict.row->caller_retry == CallerRetry::kAfterWait && is_harmless;
  return (was_to_be_retried || waitable) && failed.retry_delay &&
         failed.stop != StopReason::kAttemptsExhausted &&
         failed.stop != StopReason::kBudgetExhausted;
}

FailedCall FailAtBreaker(Rpc rpc, const Outcome& outcome) {
  FailedCall failed = FailLocally(rpc, v1::UPSTREAM_CIRCUIT_OPEN);
  failed.retry_delay = outcome.retry_after;
  failed.breaker_failure = static_cast<ErrorReason>(outcome.breaker_failure);
  failed.outcome = &outcome;
  return failed;
}

}  // namespace

FailedCall FailLocally(Rpc rpc, ErrorReason reason) {
  const ErrorRow& row = RowOf(reason);
  FailedCall failed{.rpc = rpc, .row = &row, .reason = reason, .code = row.code};
  failed.auth_code_state = LocalState(rpc, row);
  failed.stop = row.stop;
  failed.retryable = row.caller_retry == CallerRetry::kYes;
  failed.retry_delay = row.delay;
  return failed;
}

FailedCall FailValidation(Rpc rpc, std::vector<Violation> violations) {
  const auto first =
      std::min_element(violations.begin(), violations.end(),
                       [](const Violation& a, const Violation& b) { return a.reason < b.reason; });
  FailedCall failed = FailLocally(rpc, first->reason);
  failed.violations = std::move(violations);
  return failed;
}

FailedCall FailUpstream(Rpc rpc, const Outcome& outcome) {
  if (outcome.attempts.empty() && outcome.stop == StopReason::kBreakerOpen) {
    return FailAtBreaker(rpc, outcome);
  }
  const Verdict verdict = Judge(rpc, outcome.last);
  FailedCall failed{.rpc = rpc, .row = verdict.row, .reason = verdict.reason, .code = verdict.code};
  failed.auth_code_state = verdict.auth_code_state;
  failed.refused_in_front = verdict.refused_in_front;
  if (IsDeadline(rpc, outcome)) failed = FailLocally(rpc, v1::DEADLINE_EXCEEDED);
  failed.stop = outcome.stop;
  failed.attempts = static_cast<int>(outcome.attempts.size());
  failed.outcome = &outcome;
  if (rpc == Rpc::kExchangeAuthCode && AnEarlierAttemptMayHaveSpentTheCode(outcome)) {
    RememberUnknownAttempt(failed);
  }
  if (IsRefusedRecovery(rpc, verdict, outcome.stop)) BecomeUnknown(failed);
  if (failed.reason == v1::EXCHANGE_OUTCOME_UNKNOWN) return failed;  // waiting does not help
  failed.retry_delay = outcome.retry_after;
  failed.retryable = IsWorthAWait(verdict, failed);
  return failed;
}

const ErrorRow& ReasonRow(const FailedCall& failed) {
  return failed.reason == failed.row->reason ? *failed.row : RowOf(failed.reason);
}

// Operators can replace a key of the gateway, but not one of the caller.
Severity SeverityOf(const FailedCall& failed) {
  const ErrorRow& row = ReasonRow(failed);
  if (!row.key || !failed.key_owner) return row.severity;
  return *failed.key_owner == KeyOwner::kCaller ? Severity::kInfo : Severity::kWarning;
}

bool IsRefusalOfOwnKey(const FailedCall& failed) {
  return ReasonRow(failed).reason == v1::UNAUTHORIZED && failed.key_owner &&
         *failed.key_owner != KeyOwner::kCaller;
}

const KeyWords* WordsOfKey(const FailedCall& failed) {
  if (!failed.row->key || !failed.key_owner) return nullptr;
  switch (*failed.key_owner) {
    case KeyOwner::kGateway:
      return &failed.row->key->of_gateway;
    case KeyOwner::kCaller:
      return &failed.row->key->of_caller;
    case KeyOwner::kRule:
      return &failed.row->key->of_rule;
  }
  return nullptr;
}

}  // namespace modelgates::gateway
