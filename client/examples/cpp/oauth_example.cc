// The PKCE flow through the gateway, and two errors with their details.
#include <modelgates/oauth/client.h>
#include <modelgates/oauth/pkce.h>

#include <cstdlib>
#include <iostream>
#include <string>

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

std::string Variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// TLS, with the files that environment variables name; --plaintext is for loopback.
ClientOptions Options(bool plaintext) {
  ClientOptions options;
  options.target = Variable("MODELGATES_OAUTH_GATEWAY");
  if (plaintext) return options;
  options.tls_files = {Variable("MODELGATES_OAUTH_CA_FILE"),
                       Variable("MODELGATES_OAUTH_CLIENT_CERT_FILE"),
                       Variable("MODELGATES_OAUTH_CLIENT_KEY_FILE")};
  return options;
}

int main(int argc, char** argv) {
  const OAuthClient client(Options(argc > 1 && std::string(argv[1]) == "--plaintext"));
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
