#include <unistd.h>

#include "commands.h"
#include "flag_values.h"
#include "modelgates/oauth/authorization_url.h"
#include "modelgates/oauth/loopback_receiver.h"
#include "modelgates/oauth/pkce.h"
#include "pasted_redirects.h"
#include "terminal.h"
#include "utf8_text.h"

namespace modelgates::oauth::cli {
namespace {

// Finds errors before the user consents.
std::optional<Error> AskGateway(const Session& session, const OAuthClient& client) {
  const Result<ServingStatus> health =
      client.CheckHealth(session.common.ToCallOptions(session.stop));
  if (!health.ok()) {
    // A proxy that passes only OAuthService; the exchange will show whether the gateway serves.
    if (health.error().grpc_code == GrpcCode::kUnimplemented) return std::nullopt;
    return health.error();
  }
  if (*health != ServingStatus::kNotServing) return std::nullopt;
  Error error;
  error.grpc_code = GrpcCode::kUnavailable;
  error.origin = ErrorOrigin::kGateway;
  error.reason_name = kNotServing;
  error.message = "the gateway does not take calls now";
  return error;
}

// A key on a screen stays in the terminal's history.
std::optional<Error> RefuseToShowTheKey(const LoginFlags& flags) {
  if (!flags.key_file.empty() || isatty(STDOUT_FILENO) != 1) return std::nullopt;
  Error error = WrongFlag(
      "key-file", "is required, because stdout is a terminal; --key-file - shows the key there");
  error.message = "the command line is not complete";
  return error;
}

Result<LoopbackReceiver> Listen(const LoginFlags& flags) {
  Result<LoopbackReceiver> receiver =
      LoopbackReceiver::Listen({.app_name = flags.app_name, .port = flags.port});
  if (receiver.ok() || receiver.error().grpc_code != GrpcCode::kUnavailable) return receiver;
  Error error = std::move(receiver).error();
  error.reason_name = kPortError;
  return error;
}

// Shows the way to the authorization page and back. Also with JSON, because a person must go there.
void ShowPage(const std::string& url, bool opened, bool asks, const LoopbackReceiver& receiver) {
  const char* const title = opened ? "If no browser opens, go to:" : "Open this in a browser:";
  std::fprintf(stderr, "%s\n  %s\n", title, Printable(url).c_str());
  const std::string& callback = receiver.callback_url();
  const std::string address = callback.substr(0, callback.find('?'));
  const size_t port_start = address.rfind(':') + 1;
  // The page cannot know the name of the app, only this.
  std::fprintf(stderr, "It asks in the name of %s, which is this login.\n",
               address.substr(0, address.find('/', port_start)).c_str());
  if (opened) return;
  const std::string port = address.substr(port_start, address.find('/', port_start) - port_start);
  std::fprintf(stderr,
               "For a browser on another machine, first run there, with the name of this one:\n"
               "  ssh -L %s:127.0.0.1:%s HOST\n",
               port.c_str(), port.c_str());
  if (!asks) return;
  std::fprintf(stderr, "Or paste here the address that it shows after consent, %s?...\n",
               address.c_str());
}

// The code from the redirect of the user's browser.
Result<SecretText> AskUser(const Session& session, const LoginFlags& flags, const Pkce& pkce,
                           std::chrono::nanoseconds wait, LoopbackReceiver& receiver) {
  AuthorizationPage page;
  page.site = flags.site;
  page.callback_url = receiver.callback_url();
  page.code_challenge = pkce.challenge;
  page.limit = flags.limit;
  const Result<std::string> url = AuthorizationUrl(page);
  if (!url.ok()) return url.error();

  const bool opened = !flags.no_browser && OpenBrowser(receiver.StartUrl(*url));
  const bool asks = !opened && CanBeTypedTo();
  ShowPage(*url, opened, asks, receiver);
  std::optional<PastedRedirects> pasted;
  std::optional<Spinner> spinner;
  if (asks) {
    pasted.emplace(receiver);
  } else {
    spinner.emplace("waiting for the browser");
  }
  Result<SecretText> auth_code =
      receiver.Wait(std::chrono::ceil<std::chrono::milliseconds>(wait), session.stop);
  if (auth_code.ok() || auth_code.error().grpc_code != GrpcCode::kDeadlineExceeded) {
    return auth_code;
  }
  Error error = std::move(auth_code).error();
  error.reason_name = kWaitOver;
  return error;
}

// A code for the account of the gateway's key, created by API without a page.
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

ExitStatus Exchange(const Session& session, const OAuthClient& client, const Pkce& pkce,
                    Result<SecretText> auth_code, std::optional<KeyWriter>& place) {
  if (!auth_code.ok()) return session.Failure(auth_code.error());
  ExchangeAuthCodeRequest exchange;
  exchange.code = *std::move(auth_code);
  exchange.code_verifier = pkce.verifier;
  exchange.code_challenge_method = CodeChallengeMethod::kS256;
  return ExchangeForKey(session, client, exchange, session.common.ToCallOptions(session.stop),
                        place);
}

}  // namespace

ExitStatus RunLogin(const Session& session, const LoginFlags& flags) {
  if (const std::optional<Error> error = RefuseToShowTheKey(flags)) return session.Failure(*error);
  Result<ClientOptions> options = session.common.ToClientOptions(session.stop);
  if (!options.ok()) return session.Failure(options.error());
  options->http_referer = flags.app.http_referer;
  options->x_open_router_title = flags.app.x_open_router_title;
  options->x_open_router_categories = flags.app.x_open_router_categories;
  const Result<std::chrono::nanoseconds> wait = ParseDuration("wait", flags.wait);
  if (!wait.ok()) return session.Failure(wait.error());
  Result<std::optional<KeyWriter>> place = OpenKeyPlace(flags.key_file);
  if (!place.ok()) return session.Failure(place.error());
  const OAuthClient client(*options);
  const Pkce pkce = Pkce::Generate();
  if (!flags.direct.empty()) {
    return Exchange(session, client, pkce, AskApi(session, client, flags, pkce), *place);
  }

  if (const std::optional<Error> error = AskGateway(session, client)) {
    return session.Failure(*error);
  }
  Result<LoopbackReceiver> receiver = Listen(flags);
  if (!receiver.ok()) return session.Failure(receiver.error());
  const ExitStatus status =
      Exchange(session, client, pkce, AskUser(session, flags, pkce, *wait, *receiver), *place);
  receiver->Finish(status == ExitStatus::kOk ? LoginOutcome::kSignedIn
                                             : LoginOutcome::kNotSignedIn);
  return status;
}

}  // namespace modelgates::oauth::cli
