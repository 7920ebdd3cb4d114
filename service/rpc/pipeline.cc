#include "rpc/pipeline.h"

#include <utility>

#include "failure/error_reply.h"
#include "failure/verdict.h"
#include "frontend/status_mapping.h"
#include "request/call_options.h"

namespace modelgates::gateway {
namespace {

namespace v1 = modelgates::oauth::v1;

constexpr size_t kMinReplayVerifier = 43;  // RFC 7636, section 4.1: less is no proof of possession
constexpr std::string_view kExchangeKey = "x-modelgates-exchange";
constexpr std::string_view kOnceOnly = "once-only";

UpstreamDefaults ToDefaults(const Config& config) {
  return {.http_referer = config.http_referer,
          .x_open_router_title = config.x_open_router_title,
          .x_open_router_categories = config.x_open_router_categories,
          .title_header = config.title_header,
          .categories_header = config.categories_header};
}

// Who misspells it would have an exchange that is joined, replayed and recovered after all.
std::optional<Violation> CheckOnceOnly(const Call& call) {
  if (call.rpc() != Rpc::kExchangeAuthCode) return std::nullopt;
  const auto values = call.MetadataValues(kExchangeKey);
  if (values.empty() || (values.size() == 1 && values.front() == kOnceOnly)) return std::nullopt;
  return Violation{"metadata[\"x-modelgates-exchange\"]", "must be once-only, one value, or absent",
                   v1::FIELD_INVALID};
}

// What follows the scheme is the secret; an upstream may echo it without.
std::string_view TokenOf(const Secret& bearer) {
  const std::string_view text = bearer.Reveal();
  const size_t space = text.rfind(' ');
  return space == std::string_view::npos ? text : text.substr(space + 1);
}

// Only for a call that failed: what it points to must not change any more.
Redaction SecretsOf(const Call& call, const Secret& bearer) {
  Redaction redaction;
  call.AddSecrets(redaction);
  redaction.Add(TokenOf(bearer));
  return redaction;
}

// With nothing done: after an attempt of unknown outcome the refusal says nothing of that one, and
// a 401 of a proxy nothing of the key.
bool WasRefusedWith401(Rpc rpc, const Outcome* outcome) {
  if (outcome == nullptr || HasUnknownAttempt(*outcome)) return false;
  const auto* response = std::get_if<HttpResponse>(&outcome->last);
  return response != nullptr && response->status == 401 &&
         Judge(rpc, *response).reason == v1::UNAUTHORIZED;
}

}  // namespace

Pipeline::Pipeline(const Parts& parts) : parts_(parts), defaults_(ToDefaults(parts.config)) {}

Task<void> Pipeline::Serve(std::shared_ptr<Call> call) {
  auto scope = std::make_shared<CallScope>(
      call->rpc(), call->started(), ToRequestId(call->Metadata("x-request-id"), random_),
      call->Metadata("traceparent"), call->Peer(), parts_.log, parts_.metrics);
  call->AddTrailer("x-request-id", scope->request_id());
  Task<void> forward = Forward(*call, std::move(scope));
  co_await forward;
  parts_.unread_replies.Add(std::move(call));
}

Task<void> Pipeline::Forward(Call& call, std::shared_ptr<CallScope> scope) {
  const Rpc rpc = call.rpc();
  if (call.malformed()) {
    Fail(call, *scope, FailLocally(rpc, v1::REQUEST_MALFORMED));
    co_return;
  }
  std::vector<Violation> violations = call.Validate(parts_.config);
  if (auto violation = CheckOnceOnly(call)) violations.push_back(*std::move(violation));
  if (!violations.empty()) {
    Fail(call, *scope, FailValidation(rpc, std::move(violations)));
    co_return;
  }
  std::optional<Credential> credential =
      parts_.credentials.Select(call.MetadataValues("authorization"));
  if (!credential) {
    Fail(call, *scope, FailLocally(rpc, v1::CREDENTIAL_MISSING));
    co_return;
  }
  const auto deadline = OwnDeadline(parts_.config, call.caller_deadline(), parts_.loop.Now());
  if (!deadline) {
    Fail(call, *scope, FailLocally(rpc, v1::DEADLINE_TOO_SHORT));
    co_return;
  }
  const CallOptions options =
      MakeCallOptions(parts_.config, rpc, call.retries(), call.started(), *deadline, call.stop());
  Task<Sent> send = Send(call, scope, credential->bearer, options);
  Sent sent = co_await send;
  int attempts_before = 0;
  bool key_was_replaced = false;
  if (WasRefusedWith401(rpc, sent.outcome())) {
    Task<bool> refresh =
        parts_.credentials.RefreshAfterRefusal(*credential, options.deadline, options.stop);
    key_was_replaced = co_await refresh;
  }
  if (key_was_replaced) {
    // The key was being rotated: the refused request did nothing, so a new one is a first one.
    attempts_before = static_cast<int>(sent.outcome()->attempts.size());
    credential = parts_.credentials.Select(call.MetadataValues("authorization"));
    Task<Sent> again = Send(call, scope, credential->bearer, options);
    sent = co_await again;
  }
  Conclude(call, *scope, *credential, std::move(sent), attempts_before);
}

Task<Pipeline::Sent> Pipeline::Send(Call& call, std::shared_ptr<CallScope> scope, Secret bearer,
                                    CallOptions options) {
  if (call.rpc() == Rpc::kExchangeAuthCode) {
    return SendExchange(call, std::move(scope), std::move(bearer), std::move(options));
  }
  return SendCreate(call, std::move(scope), std::move(bearer), std::move(options));
}

Task<Pipeline::Sent> Pipeline::SendCreate(Call& call, std::shared_ptr<CallScope> scope,
                                          Secret bearer, CallOptions options) {
  const HttpRequest request = call.ToHttpRequest(defaults_, bearer);
  Sent sent;
  Task<Outcome> send = parts_.retrier.Send(request, options, scope.get());
  sent.create = co_await send;
  co_return sent;
}

Task<Pipeline::Sent> Pipeline::SendExchange(Call& call, std::shared_ptr<CallScope> scope,
                                            Secret bearer, CallOptions options) {
  ExchangeIdentity identity = call.Identity();
  identity.bearer = bearer.Reveal();
  identity.base_url = parts_.config.upstream;
  ExchangeRegistry::Caller exchange;
  exchange.key = ToKey(identities_, identity);
  exchange.identity = identity;
  exchange.replayable = identity.code_verifier.size() >= kMinReplayVerifier;
  exchange.once_only = call.Metadata(kExchangeKey) == kOnceOnly;
  exchange.deadline = options.deadline;
  exchange.stop = options.stop;

  HttpRequest request = call.ToHttpRequest(defaults_, bearer);
  Task<ExchangeRegistry::Reply> run = parts_.exchanges.Run(std::move(exchange), std::move(request),
                                                           std::move(options), std::move(scope));
  Sent sent;
  sent.exchange = co_await run;
  co_return sent;
}

void Pipeline::Conclude(Call& call, CallScope& scope, const Credential& credential, Sent sent,
                        int attempts_before) {
  CallScope::End end;
  end.joined = sent.exchange.joined;
  end.replayed = sent.exchange.replayed;
  end.degraded = sent.exchange.degraded;
  if (end.replayed) call.AddTrailer("x-modelgates-replayed", "true");
  if (const ApiKey* key = sent.key()) {
    call.SetReply(*key);
    Succeed(call, scope, key->attempts, std::move(end));
    return;
  }
  const Outcome* outcome = sent.outcome();
  if (outcome == nullptr) {
    const ExchangeFailure& failure = *sent.failure();
    FailedCall failed = FailLocally(call.rpc(), failure.reason);
    failed.key_owner = credential.owner;
    failed.auth_code_state = failure.auth_code_state;
    if (failure.auth_code_state == v1::UpstreamError::IN_FLIGHT) {
      failed.attempts = attempts_before + 1;
    }
    Fail(call, scope, std::move(failed), SecretsOf(call, credential.bearer), std::move(end));
    return;
  }
  if (sent.create && ReadCreate(call, scope, *sent.create)) {
    Succeed(call, scope, sent.create->attempts, std::move(end));
    return;
  }
  end.attempts = &outcome->attempts;
  end.cause = CauseOf(outcome->last);
  FailedCall failed = FailUpstream(call.rpc(), *outcome);
  failed.key_owner = credential.owner;
  failed.attempts += attempts_before;
  Fail(call, scope, std::move(failed), SecretsOf(call, credential.bearer), std::move(end));
}

bool Pipeline::ReadCreate(Call& call, CallScope& scope, Outcome& outcome) {
  auto* answer = std::get_if<HttpResponse>(&outcome.last);
  if (answer == nullptr || !IsSuccess(answer->status)) return false;
  const ReplyReading reading = call.ReadReply(*answer);
  for (const std::string_view field : reading.violations) scope.OnContractViolated(field);
  return reading.ok;
}

void Pipeline::Succeed(Call& call, CallScope& scope, const AttemptLog& attempts,
                       CallScope::End end) {
  end.attempts = &attempts;
  end.app_id = call.app_id();
  end.auth_code_fp = fingerprints_.Of(call.auth_code());
  scope.Finish(end, parts_.loop.Now());
  call.FinishWith(grpc::Status::OK);
}

void Pipeline::Fail(Call& call, CallScope& scope, FailedCall failed) {
  Fail(call, scope, std::move(failed), Redaction(), {});
}

void Pipeline::Fail(Call& call, CallScope& scope, FailedCall failed, const Redaction& redaction,
                    CallScope::End end) {
  failed.request_id = scope.request_id();
  failed.redaction = &redaction;
  const ErrorReply reply = ToErrorReply(failed);
  if (!reply.retry_pushback.empty()) {
    call.AddTrailer("grpc-retry-pushback-ms", reply.retry_pushback);
  }
  end.failed = &failed;
  end.details_truncated = reply.details_truncated;
  if (!call.auth_code().empty()) end.auth_code_fp = fingerprints_.Of(call.auth_code());
  scope.Finish(end, parts_.loop.Now());
  call.FinishWith(ToStatus(reply));
}

}  // namespace modelgates::gateway
