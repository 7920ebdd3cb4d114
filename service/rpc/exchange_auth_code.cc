#include <utility>

#include "request/validation.h"
#include "rpc/oauth_rpcs.h"
#include "rpc/read_exchange.h"
#include "upstream/rest_mapping.h"

namespace modelgates::gateway {
namespace {

namespace v1 = modelgates::oauth::v1;

constexpr size_t kMinReplayVerifier = 43;  // RFC 7636, section 4.1; a shorter one proves nothing
constexpr std::string_view kExchangeKey = "x-modelgates-exchange";
constexpr std::string_view kOnceOnly = "once-only";

// A misspelt value is an error: otherwise the exchange could be joined, replayed and recovered.
std::optional<Violation> CheckOnceOnly(const Call& call) {
  const auto values = call.MetadataValues(kExchangeKey);
  if (values.empty() || (values.size() == 1 && values.front() == kOnceOnly)) return std::nullopt;
  return Violation{"metadata[\"x-modelgates-exchange\"]", "must be once-only, one value, or absent",
                   v1::FIELD_INVALID};
}

std::vector<Violation> ViolationsOf(const ExchangeAuthCodeCall& call, const Config& config) {
  std::vector<Violation> violations = Validate(call.request(), config);
  if (auto violation = CheckOnceOnly(call)) violations.push_back(*std::move(violation));
  return violations;
}

Redaction SecretsOf(const v1::ExchangeAuthCodeRequest& request) {
  Redaction secrets;
  secrets.Add(request.code());
  secrets.Add(request.code_verifier());
  return secrets;
}

}  // namespace

Task<void> OAuthRpcs::ExchangeAuthCode(std::shared_ptr<ExchangeAuthCodeCall> call) {
  const v1::ExchangeAuthCodeRequest& request = call->request();
  v1::ExchangeAuthCodeResponse& reply = call->reply();
  ServedCall served(served_, call);
  served.set_auth_code(request.code());
  const auto checked = served.Check(*call, ViolationsOf(*call, config_));
  if (!checked) co_return;
  auto authorized = served.Authorize(*checked);
  if (!authorized) co_return;

  ExchangeRegistry::Reply exchange;
  const ExchangeFailure* failure = nullptr;
  while (true) {
    Task<ExchangeRegistry::Reply> run =
        exchanges_.Run(ToCaller(*call, *authorized),
                       ToHttpRequest(request, defaults_, authorized->credential.bearer),
                       authorized->options, served.scope());
    exchange = co_await run;
    failure = std::get_if<ExchangeFailure>(&exchange.result);
    if (failure == nullptr || !served.WasKeyRefused(failure->outcome.get())) break;
    // The identity contains the caller's bearer, but not a key of the gateway.
    const bool may_be_older = exchange.joined && authorized->credential.owner != KeyOwner::kCaller;
    Task<bool> again = served.AuthorizeAgain(
        *authorized, *failure->outcome,
        may_be_older ? ServedCall::Refused::kOfAnother : ServedCall::Refused::kOwn);
    if (!co_await again) break;
  }

  CallScope::End end;
  end.joined = exchange.joined;
  end.replayed = exchange.replayed;
  end.degraded = exchange.degraded;
  if (end.replayed) call->AddTrailer("x-modelgates-replayed", "true");
  if (failure != nullptr) {
    served.Fail(*authorized, FailExchange(*failure), SecretsOf(request), std::move(end));
    co_return;
  }
  auto& key = std::get<ApiKey>(exchange.result);
  reply.mutable_key()->assign(key.key.Reveal());
  if (key.user_id) *reply.mutable_user_id() = *std::move(key.user_id);
  served.Succeed(*authorized, key.attempts, std::move(end));
}

ExchangeRegistry::Caller OAuthRpcs::ToCaller(const ExchangeAuthCodeCall& call,
                                             const ServedCall::Authorized& authorized) {
  const v1::ExchangeAuthCodeRequest& request = call.request();
  ExchangeRegistry::Caller caller;
  caller.identity.auth_code = request.code();
  caller.identity.code_verifier = request.code_verifier();
  if (request.has_code_challenge_method()) {
    caller.identity.code_challenge_method = request.code_challenge_method();
  }
  caller.identity.credential = authorized.credential.identity();
  if (call.caller() != nullptr) {
    caller.party = call.caller()->text();
    // An address proves nothing, and a caller may repeat its call from another address.
    if (call.caller()->authenticated()) caller.identity.caller = caller.party;
  }
  caller.identity.base_url = config_.upstream;
  caller.key = ToKey(identities_, caller.identity);
  caller.replayable = request.code_verifier().size() >= kMinReplayVerifier;
  caller.once_only = call.Metadata(kExchangeKey) == kOnceOnly;
  caller.deadline = authorized.options.deadline;
  caller.stop = authorized.options.stop;
  return caller;
}

}  // namespace modelgates::gateway
