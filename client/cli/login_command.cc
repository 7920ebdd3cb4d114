#include "commands.h"
#include "flag_values.h"
#include "modelgates/oauth/authorization_url.h"
#include "modelgates/oauth/loopback_receiver.h"
#include "modelgates/oauth/pkce.h"
#include "terminal.h"

namespace modelgates::oauth::cli {
namespace {

// The code that the user's browser brings.
Result<SecretText> AskUser(const Session& session, const LoginFlags& flags, const Pkce& pkce) {
  const Result<std::chrono::nanoseconds> wait = ParseDuration("wait", flags.wait);
  if (!wait.ok()) return wait.error();
  Result<LoopbackReceiver> receiver =
      LoopbackReceiver::Listen({.app_name = flags.app_name, .port = flags.port});
  if (!receiver.ok()) return std::move(receiver).error();
  AuthorizationPage page;
  page.site = flags.site;
  page.callback_url = receiver->callback_url();
  page.code_challenge = pkce.challenge;
  page.limit = flags.limit;
  const Result<std::string> url = AuthorizationUrl(page);
  if (!url.ok()) return url.error();

  // Also with JSON: somebody has to open it.
  const bool opened = !flags.no_browser && OpenBrowser(*url);
  std::fprintf(stderr, "%s\n  %s\n",
               opened ? "If no browser opens, go to:" : "Open this in a browser:", url->c_str());
  const Spinner spinner("waiting for the browser");
  return receiver->Wait(std::chrono::ceil<std::chrono::milliseconds>(*wait), session.stop);
}

// A code of the gateway's own account, without a page.
Result<SecretText> AskApi(const Session& session, const OAuthClient& client,
                          const LoginFlags& flags, const Pkce& pkce) {
  CreateAuthCodeRequest create;
  create.callback_url = flags.direct;
  create.code_challenge = pkce.challenge;
  create.code_challenge_method = CodeChallengeMethod::kS256;
  create.limit = flags.limit;
  create.key_label = flags.app_name;
  Result<AuthCode> created =
      client.CreateAuthCode(create, session.common.ToCallOptions(session.stop));
  if (!created.ok()) return std::move(created).error();
  return created->id;
}

}  // namespace

ExitStatus RunLogin(const Session& session, const LoginFlags& flags) {
  Result<ClientOptions> options = session.common.ToClientOptions();
  if (!options.ok()) return session.output.Failure(options.error());
  options->http_referer = flags.app.http_referer;
  options->x_open_router_title = flags.app.x_open_router_title;
  options->x_open_router_categories = flags.app.x_open_router_categories;
  const OAuthClient client(*options);
  const Pkce pkce = Pkce::Generate();
  Result<SecretText> auth_code =
      flags.direct.empty() ? AskUser(session, flags, pkce) : AskApi(session, client, flags, pkce);
  if (!auth_code.ok()) return session.output.Failure(auth_code.error());

  ExchangeAuthCodeRequest exchange;
  exchange.code = *std::move(auth_code);
  exchange.code_verifier = pkce.verifier;
  exchange.code_challenge_method = CodeChallengeMethod::kS256;
  return ExchangeForKey(session, client, exchange, session.common.ToCallOptions(session.stop),
                        flags.key_file);
}

}  // namespace modelgates::oauth::cli
