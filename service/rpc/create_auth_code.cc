#include <utility>

#include "request/validation.h"
#include "rpc/oauth_rpcs.h"
#include "upstream/rest_mapping.h"

namespace modelgates::gateway {
namespace {

namespace v1 = modelgates::oauth::v1;

// False: the answer holds no authorization code.
bool ReadCreate(Outcome& outcome, v1::CreateAuthCodeResponse& reply, CallScope& scope) {
  auto* answer = std::get_if<HttpResponse>(&outcome.last);
  if (answer == nullptr || !IsSuccess(answer->status)) return false;
  const ReplyReading reading = FromHttpResponse(*answer, reply);
  for (const std::string_view field : reading.violations) scope.OnContractViolated(field);
  return reading.ok;
}

Redaction SecretsOf(const v1::CreateAuthCodeRequest& request) {
  Redaction secrets;
  // With method plain, which may be the upstream's default, the challenge is the verifier.
  if (request.code_challenge_method() != v1::S256) secrets.Add(request.code_challenge());
  return secrets;
}

}  // namespace

Task<void> OAuthRpcs::CreateAuthCode(std::shared_ptr<CreateAuthCodeCall> call) {
  const v1::CreateAuthCodeRequest& request = call->request();
  v1::CreateAuthCodeResponse& reply = call->reply();
  ServedCall served(served_, call);
  const auto checked = served.Check(*call, Validate(request, config_));
  if (!checked) co_return;
  auto authorized = served.Authorize(*checked);
  if (!authorized) co_return;

  Outcome outcome;
  while (true) {
    const HttpRequest http_request =
        ToHttpRequest(request, defaults_, authorized->credential.bearer);
    Task<Outcome> send = retrier_.Send(http_request, authorized->options, *served.scope());
    outcome = co_await send;
    if (!served.WasKeyRefused(&outcome)) break;
    Task<bool> again = served.AuthorizeAgain(*authorized, outcome);
    if (!co_await again) break;
  }

  if (ReadCreate(outcome, reply, *served.scope())) {
    served.set_auth_code(reply.data().id());
    served.Succeed(*authorized, outcome.attempts, {.app_id = reply.data().app_id()});
  } else {
    served.Fail(*authorized, FailUpstream(Rpc::kCreateAuthCode, outcome), SecretsOf(request), {});
  }
}

}  // namespace modelgates::gateway
