#include "telemetry/call_scope.h"

#include <absl/status/status.h>

#include "telemetry/upstream_metrics.h"

namespace modelgates::gateway {
namespace {

namespace v1 = modelgates::oauth::v1;

// A failed call also counts the attempts with a key that was refused.
int AttemptsOf(const CallScope::End& end) {
  if (end.failed != nullptr) return end.failed->attempts;
  return end.attempts == nullptr ? 0 : static_cast<int>(end.attempts->size());
}

int LastHttpStatus(const CallScope::End& end) {
  return end.attempts == nullptr || end.attempts->empty() ? 0 : end.attempts->back().http_status;
}

Duration UpstreamTime(const AttemptLog& attempts) {
  Duration sum{};
  for (const AttemptRecord& attempt : attempts) sum += attempt.elapsed;
  return sum;
}

}  // namespace

CallScope::CallScope(Rpc rpc, TimePoint started, std::string request_id,
                     std::string_view traceparent, std::string peer, const CallObservers& observers)
    : rpc_(rpc),
      started_(started),
      request_id_(std::move(request_id)),
      trace_(ParseTraceparent(traceparent)),
      spans_(observers.tracer != nullptr ? observers.tracer->Start(rpc, started, trace_) : nullptr),
      peer_(std::move(peer)),
      log_(observers.log),
      metrics_(observers.metrics),
      upstream_failures_(observers.upstream_failures),
      created_(observers.created),
      recent_failures_(observers.recent_failures) {
  metrics_.CallStarted(rpc_);
}

const TraceContext& CallScope::LoggedSpan() const {
  return spans_ != nullptr ? spans_->context() : trace_;
}

void CallScope::AddIdentity(LogLine& line) const {
  const TraceContext& trace = LoggedSpan();
  if (trace.valid()) {
    line.Add("trace_id", trace.trace_id.text()).Add("span_id", trace.span_id.text());
  }
  line.Add("request_id", request_id_).Add("rpc", ToString(rpc_));
}

void CallScope::Finish(const End& end, TimePoint now) {
  const absl::StatusCode code = end.failed == nullptr ? absl::StatusCode::kOk : end.failed->code;
  metrics_.CallFinished(rpc_, static_cast<int>(code), now - started_, LoggedSpan());
  if (spans_ != nullptr) spans_->OnEnd(end, now - started_);
  if (end.failed != nullptr) {
    metrics_.ErrorReturned(rpc_, end.failed->reason, LoggedSpan());
    if (IsRefusalOfOwnKey(*end.failed)) metrics_.OwnKeyRefused();
    if (recent_failures_ != nullptr) Remember(end);
  }
  if (end.details_truncated) metrics_.ErrorDetailsTruncated();
  if (end.joined) metrics_.ExchangeJoined();
  if (end.replayed) metrics_.ExchangeReplayed();
  if (end.replayed && end.failed == nullptr) LogReplay(end);

  const Severity severity = end.failed == nullptr ? Severity::kInfo : SeverityOf(*end.failed);
  if (!log_.Enabled(severity)) return;
  const std::optional<uint64_t> count = LinesShare(end);
  if (!count) return;
  LogLine line = log_.Line(severity, "call", "call finished");
  AddIdentity(line);
  line.Add("grpc_code", absl::StatusCodeToString(code));
  if (end.failed != nullptr) {
    line.Add("reason", v1::ErrorReason_Name(end.failed->reason));
    line.Add("stop_reason", ToString(end.failed->stop));
    if (rpc_ == Rpc::kExchangeAuthCode) {
      line.Add("auth_code_state",
               v1::UpstreamError::AuthCodeState_Name(end.failed->auth_code_state));
    }
  }
  if (end.attempts != nullptr) {
    const int status = LastHttpStatus(end);
    if (status != 0) line.Add("http_status", status);
    if (!end.cause.empty()) line.Add("cause", end.cause);
    if (!end.upstream_request_id.empty()) {
      line.Add("upstream_request_id", end.upstream_request_id);
    }
    line.AddMilliseconds("upstream_ms", UpstreamTime(*end.attempts));
  }
  line.Add("attempts", AttemptsOf(end));
  if (rpc_ == Rpc::kExchangeAuthCode) {
    line.Add("joined", end.joined).Add("replayed", end.replayed);
  }
  if (end.degraded) line.Add("degraded", true);
  line.AddMilliseconds("duration_ms", now - started_).Add("peer", peer_);
  if (!caller_.empty()) line.Add("caller", caller_);
  if (end.app_id != 0) line.Add("app_id", end.app_id);
  if (!end.auth_code_fp.empty()) line.Add("auth_code_fp", end.auth_code_fp);
  if (*count > 1) line.Add("count", *count);
  log_.Write(line);
}

std::optional<uint64_t> CallScope::LinesShare(const End& end) {
  const bool created = rpc_ == Rpc::kCreateAuthCode && end.failed == nullptr;
  return created && created_ != nullptr ? created_->Pass() : 1;
}

void CallScope::Remember(const End& end) {
  recent_failures_->Add({.rpc = rpc_,
                         .reason = v1::ErrorReason_Name(end.failed->reason),
                         .http_status = LastHttpStatus(end),
                         .cause = std::string(end.cause),
                         .attempts = AttemptsOf(end),
                         .request_id = request_id_,
                         .upstream_request_id = end.upstream_request_id});
}

void CallScope::LogReplay(const End& end) {
  LogLine line = log_.Line(Severity::kInfo, "exchange_replayed",
                           "the key of an earlier exchange was returned again");
  AddIdentity(line);
  line.Add("peer", peer_);
  if (!caller_.empty()) line.Add("caller", caller_);
  log_.Write(line.Add("auth_code_fp", end.auth_code_fp));
}

void CallScope::OnContractViolated(std::string_view field) {
  metrics_.ContractViolated(field);
  LogLine line = log_.Line(Severity::kWarning, "contract_violation",
                           "a field of the upstream's answer is missing or has a wrong type");
  AddIdentity(line);
  log_.Write(line.Add("field", field));
}

void CallScope::OnAttempt(const AttemptRecord& attempt, std::string_view cause) {
  ++attempts_;
  if (spans_ != nullptr) spans_->OnAttempt(attempt, attempts_);
  if (attempt.failure) {
    metrics_.AttemptFailed(rpc_, *attempt.failure, attempt.elapsed);
    metrics_.upstream().Failed(*attempt.failure, attempt.detail);
  } else {
    metrics_.AttemptAnswered(rpc_, attempt.http_status, attempt.elapsed);
  }
  if (upstream_failures_ != nullptr) LogChange(attempt, cause);
  const bool succeeded = !attempt.failure && IsSuccess(attempt.http_status);
  if (!succeeded && log_.Enabled(Severity::kDebug)) LogAttempt(attempt, cause);
}

void CallScope::LogChange(const AttemptRecord& attempt, std::string_view cause) {
  const TimePoint ended = started_ + attempt.started + attempt.elapsed;
  if (!attempt.failure) {
    const auto count = upstream_failures_->OnAnswered(ended);
    if (!count) return;
    LogLine line = log_.Line(Severity::kInfo, "upstream_recovered", "the upstream answers again");
    log_.Write(line.Add("count", *count));
    return;
  }
  const auto count = upstream_failures_->OnFailed(*attempt.failure, attempt.detail, ended);
  if (!count) return;
  LogLine line = log_.Line(Severity::kWarning, "upstream_failed",
                           "a request to the upstream has no complete answer");
  AddIdentity(line);
  line.Add("failure", ToString(*attempt.failure));
  if (attempt.detail != FailureDetail::kNone) line.Add("detail", ToString(attempt.detail));
  if (!cause.empty()) line.Add("cause", cause);
  log_.Write(line.Add("attempt", attempts_).Add("count", *count));
}

void CallScope::LogAttempt(const AttemptRecord& attempt, std::string_view cause) {
  LogLine line = log_.Line(Severity::kDebug, "attempt", "attempt failed");
  AddIdentity(line);
  if (attempt.http_status != 0) line.Add("http_status", attempt.http_status);
  if (attempt.failure) line.Add("failure", ToString(*attempt.failure));
  if (attempt.detail != FailureDetail::kNone) line.Add("detail", ToString(attempt.detail));
  if (!cause.empty()) line.Add("cause", cause);
  line.Add("attempt", attempts_);
  log_.Write(line.AddMilliseconds("started_ms", attempt.started)
                 .AddMilliseconds("elapsed_ms", attempt.elapsed));
}

void CallScope::OnDecision(const Decision& decision) {
  metrics_.RetryDecided(rpc_, decision);
  if (!decision.retry && decision.stop == StopReason::kUnsafeExchange) metrics_.ResendPrevented();
}

TraceContext CallScope::Span() const {
  return spans_ != nullptr ? spans_->context() : TraceContext();
}

void CallScope::OnJoined(const TraceContext& first) {
  if (spans_ != nullptr) spans_->OnJoined(first);
}

void CallScope::OnAnswerLost() { metrics_.ExchangeOutcomeUnknown(); }

void CallScope::OnStoreUnavailable() { metrics_.ExchangeStoreUnavailable(); }

void CallScope::OnMemoryFull() { metrics_.ExchangeMemoryFull(); }

}  // namespace modelgates::gateway
