#include "rpc/served_call.h"

#include <utility>

#include "call/status_mapping.h"
#include "failure/error_reply.h"
#include "failure/verdict.h"
#include "request/request_id.h"
#include "request/retry_options.h"

namespace modelgates::gateway {
namespace {

namespace v1 = modelgates::oauth::v1;

// The secret without its scheme, which an upstream may leave out of an echo.
std::string_view TokenOf(const Secret& bearer) {
  const std::string_view text = bearer.Reveal();
  const size_t space = text.rfind(' ');
  return space == std::string_view::npos ? text : text.substr(space + 1);
}

// Not after an attempt of unknown outcome, about which the refusal says nothing, and not for a 401
// of a proxy, which says nothing about the key.
bool WasRefusedWith401(Rpc rpc, const Outcome* outcome) {
  if (outcome == nullptr || HasUnknownAttempt(*outcome)) return false;
  const auto* response = std::get_if<HttpResponse>(&outcome->last);
  return response != nullptr && response->status == 401 &&
         Judge(rpc, *response).reason == v1::UNAUTHORIZED;
}

}  // namespace

ServedCall::ServedCall(const Parts& parts, std::shared_ptr<Call> call)
    : parts_(parts),
      call_(std::move(call)),
      scope_(std::make_shared<CallScope>(
          call_->rpc(), call_->started(),
          ToRequestId(call_->Metadata("x-request-id"), parts_.random),
          call_->OnlyMetadata("traceparent"), call_->Peer(), parts_.observers)) {
  if (scope_->is_traced())
    scope_->SetTracestate(JoinTracestate(call_->MetadataValues("tracestate")));
  if (call_->caller() != nullptr) scope_->set_caller(call_->caller()->text());
  call_->AddTrailer("x-request-id", scope_->request_id());
}

bool ServedCall::MayBeSent(bool malformed, std::vector<Violation> violations) {
  if (malformed) {
    FailUnsent(FailLocally(call_->rpc(), v1::REQUEST_MALFORMED));
    return false;
  }
  if (!violations.empty()) {
    FailUnsent(FailValidation(call_->rpc(), std::move(violations)));
    return false;
  }
  return true;
}

std::optional<ServedCall::Authorized> ServedCall::Authorize(const Checked& checked) {
  std::optional<Credential> credential =
      parts_.credentials.Select(call_->MetadataValues("authorization"), call_->key_file());
  if (!credential) {
    FailedCall failed = FailLocally(call_->rpc(), v1::CREDENTIAL_MISSING);
    failed.key_owner = call_->key_file() != nullptr ? KeyOwner::kRule : KeyOwner::kCaller;
    FailUnsent(failed);
    return std::nullopt;
  }
  const auto deadline = OwnDeadline(parts_.config, call_->caller_deadline(), parts_.loop.Now());
  if (!deadline) {
    FailUnsent(FailLocally(call_->rpc(), v1::DEADLINE_TOO_SHORT));
    return std::nullopt;
  }
  return Authorized{*std::move(credential),
                    MakeRetryOptions(parts_.config, call_->rpc(), checked.retries_,
                                     call_->started(), *deadline, call_->stop())};
}

bool ServedCall::WasKeyRefused(const Outcome* outcome) const {
  return attempts_before_ == 0 && WasRefusedWith401(call_->rpc(), outcome);
}

Task<bool> ServedCall::AuthorizeAgain(Authorized& authorized, const Outcome& refused,
                                      Refused whose) {
  Task<bool> refresh = parts_.credentials.RefreshAfterRefusal(
      authorized.credential, authorized.options.deadline, authorized.options.stop);
  const bool is_replaced = co_await refresh;
  if (!is_replaced && whose == Refused::kOwn) co_return false;
  std::optional<Credential> credential =
      parts_.credentials.Select(call_->MetadataValues("authorization"), call_->key_file());
  if (!credential) co_return false;
  authorized.credential = *std::move(credential);
  attempts_before_ = static_cast<int>(refused.attempts.size());
  co_return true;
}

void ServedCall::Succeed(const Authorized& /*authorized*/, const AttemptLog& attempts,
                         CallScope::End end) {
  end.attempts = &attempts;
  Finish(end, grpc::Status::OK);
}

void ServedCall::Fail(const Authorized& authorized, FailedCall failed, Redaction secrets,
                      CallScope::End end) {
  failed.key_owner = authorized.credential.owner;
  secrets.Add(TokenOf(authorized.credential.bearer));
  if (failed.outcome != nullptr) {
    end.attempts = &failed.outcome->attempts;
    end.cause = CauseOf(failed.outcome->last);
  }
  if (failed.outcome != nullptr || failed.attempts > 0) failed.attempts += attempts_before_;
  Fail(failed, secrets, end);
}

void ServedCall::FailUnsent(const FailedCall& failed) {
  CallScope::End end;
  Fail(failed, Redaction(), end);
}

void ServedCall::Fail(const FailedCall& failed, const Redaction& secrets, CallScope::End& end) {
  ErrorReply reply = ToErrorReply(failed, scope_->request_id(), secrets);
  if (!reply.retry_pushback.empty()) {
    call_->AddTrailer("grpc-retry-pushback-ms", reply.retry_pushback);
  }
  end.failed = &failed;
  end.details_truncated = reply.details_truncated;
  end.upstream_request_id = std::move(reply.upstream_request_id);
  Finish(end, ToStatus(reply));
}

void ServedCall::Finish(CallScope::End& end, const grpc::Status& status) {
  if (!auth_code_.empty()) end.auth_code_fp = parts_.fingerprints.Of(auth_code_);
  scope_->Finish(end, parts_.loop.Now());
  call_->FinishWith(status);
  parts_.unread_replies.Add(call_);
}

}  // namespace modelgates::gateway
