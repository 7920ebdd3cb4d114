// The whole flow, and an error, with nothing but the installed headers.
// consumer TARGET: exit status 0 when all went as it should.
#include <modelgates/oauth/authorization_url.h>
#include <modelgates/oauth/awaitable.h>
#include <modelgates/oauth/client.h>
#include <modelgates/oauth/grpc_channel.h>
#include <modelgates/oauth/loopback_receiver.h>
#include <modelgates/oauth/pkce.h>

#include <future>
#include <iostream>

namespace oauth = modelgates::oauth;

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const oauth::OAuthClient client({.target = argv[1]});
  const oauth::Pkce pkce = oauth::Pkce::Generate();

  oauth::CreateAuthCodeRequest create;
  create.callback_url = "https://app.example/callback";
  create.code_challenge = pkce.challenge;
  create.code_challenge_method = oauth::CodeChallengeMethod::kS256;
  const oauth::Result<oauth::AuthCode> created = client.CreateAuthCode(create);
  if (!created.ok()) {
    std::cerr << created.error() << '\n';
    return 1;
  }

  oauth::ExchangeAuthCodeRequest exchange;
  exchange.code = created->id;
  exchange.code_verifier = pkce.verifier;
  exchange.code_challenge_method = oauth::CodeChallengeMethod::kS256;
  std::promise<oauth::Result<oauth::ApiKey>> exchanged;
  client.ExchangeAuthCode(exchange, {}, [&](oauth::Result<oauth::ApiKey> result) {
    exchanged.set_value(std::move(result));
  });
  const oauth::Result<oauth::ApiKey> key = exchanged.get_future().get();
  if (!key.ok()) {
    std::cerr << key.error() << '\n';
    return 1;
  }
  std::cout << *key << '\n';

  create.callback_url = "nowhere";
  const oauth::Result<oauth::AuthCode> refused = client.CreateAuthCode(create);
  if (refused.ok() || refused.error().reason != oauth::ErrorReason::kFieldInvalid) return 1;
  std::cout << refused.error() << '\n';

  const auto receiver = oauth::LoopbackReceiver::Listen();
  const auto url = oauth::AuthorizationUrl({.callback_url = receiver->callback_url()});
  return url.ok() ? 0 : 1;
}
