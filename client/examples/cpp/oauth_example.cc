// The PKCE flow through the gateway, and what its errors say.
#include <modelgates/oauth/client.h>
#include <modelgates/oauth/pkce.h>

#include <cstdlib>
#include <iostream>

using namespace modelgates::oauth;

void Explain(const Error& error) {
  // A message is for people; programs use the reason.
  std::cout << ToString(error.grpc_code) << " - " << error.message << '\n'
            << "  reason " << error.reason_name << " retryable " << error.retryable << '\n';
  for (const FieldViolation& violation : error.field_violations) {
    std::cout << "  field " << violation.field << ' ' << violation.description << '\n';
  }
  if (error.retry_delay) std::cout << "  repeat after " << error.retry_delay->count() << " ms\n";
  if (error.upstream) {
    std::cout << "  upstream status " << error.http_status.value_or(0) << " code is "
              << ToString(error.auth_code_state) << '\n';
  }
}

int main() {
  const char* const target = std::getenv("MODELGATES_OAUTH_GATEWAY");
  const OAuthClient client({.target = target != nullptr ? target : "127.0.0.1:50051"});
  const Pkce pkce = Pkce::Generate();

  CreateAuthCodeRequest create;
  create.callback_url = "https://myapp.example/callback";
  create.code_challenge = pkce.challenge;
  create.code_challenge_method = CodeChallengeMethod::kS256;
  const Result<AuthCode> created = client.CreateAuthCode(create);
  if (!created.ok()) {
    Explain(created.error());
    return 1;
  }

  // In an app, the user's browser brings the code back to callback_url.
  ExchangeAuthCodeRequest exchange;
  exchange.code = created->id;
  exchange.code_verifier = pkce.verifier;
  const Result<ApiKey> key = client.ExchangeAuthCode(exchange);
  if (!key.ok()) {
    Explain(key.error());
    return 1;
  }
  std::cout << "a key of " << key->user_id.value_or("nobody") << '\n';

  create.callback_url = "nowhere";
  Explain(client.CreateAuthCode(create).error());
  exchange.code = SecretText("nobody's");
  Explain(client.ExchangeAuthCode(exchange).error());
}
