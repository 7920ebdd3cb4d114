#include "commands.h"

#include <nlohmann/json.hpp>

#include "flag_values.h"
#include "gateway_connection.h"
#include "modelgates/oauth/pkce.h"
#include "terminal.h"

namespace modelgates::oauth::cli {
namespace {

using Json = nlohmann::ordered_json;

}  // namespace

ExitStatus Session::Failure(const Error& error) const {
  const Result<GatewayAddress> address = common.ToAddress();
  return output.Failure(address.ok() ? ExplainConnection(error, *address) : error);
}

ExitStatus RunCreate(const Session& session, const CreateFlags& flags) {
  const Result<CreateAuthCodeRequest> request = flags.ToRequest();
  if (!request.ok()) return session.Failure(request.error());
  const Result<ClientOptions> options = session.common.ToClientOptions(session.stop);
  if (!options.ok()) return session.Failure(options.error());
  const Result<AuthCode> created =
      OAuthClient(*options).CreateAuthCode(*request, session.common.ToCallOptions(session.stop));
  if (!created.ok()) return session.Failure(created.error());

  const std::string auth_code(created->id.Reveal());
  Json json{{"code", auth_code}, {"app_id", created->app_id}};
  if (created->created_at) json["created_at"] = FormatTime(*created->created_at);
  json["request_id"] = created->request_id;
  return session.output.Result(auth_code, json);
}

ExitStatus RunExchange(const Session& session, const ExchangeFlags& flags) {
  const Result<ClientOptions> options = session.common.ToClientOptions(session.stop);
  if (!options.ok()) return session.Failure(options.error());
  Result<std::optional<KeyWriter>> place = OpenKeyPlace(flags.key_file);
  if (!place.ok()) return session.Failure(place.error());
  const Result<ExchangeAuthCodeRequest> request = flags.ToRequest(session.stop);
  if (!request.ok()) return session.Failure(request.error());
  CallOptions call = session.common.ToCallOptions(session.stop);
  call.once_only = flags.once_only;
  return ExchangeForKey(session, OAuthClient(*options), *request, call, *place);
}

ExitStatus ExchangeForKey(const Session& session, const OAuthClient& client,
                          const ExchangeAuthCodeRequest& request, const CallOptions& options,
                          std::optional<KeyWriter>& place) {
  const Result<ApiKey> key = client.ExchangeAuthCode(request, options);
  if (!key.ok()) return session.Failure(key.error());

  Json json;
  if (place) {
    const Result<bool> committed = place->Commit(key->key.Reveal());
    if (!committed.ok()) return session.Failure(committed.error());
    json["key_file"] = place->path();
  } else {
    json["key"] = key->key.Reveal();
  }
  if (key->user_id) json["user_id"] = *key->user_id;
  json["replayed"] = key->replayed;
  json["request_id"] = key->request_id;
  if (!place) return session.output.Result(std::string(key->key.Reveal()), json);
  return session.output.Result("the key is in " + place->path(), json);
}

ExitStatus RunHealth(const Session& session) {
  const Result<ClientOptions> options = session.common.ToClientOptions(session.stop);
  if (!options.ok()) return session.Failure(options.error());
  const Result<ServingStatus> health =
      OAuthClient(*options).CheckHealth(session.common.ToCallOptions(session.stop));
  if (!health.ok()) return session.Failure(health.error());
  const bool serving = *health == ServingStatus::kServing;
  const char* const status = serving ? "SERVING" : "NOT_SERVING";
  const ExitStatus written = session.output.Result(status, {{"status", status}});
  return written == ExitStatus::kOk && !serving ? ExitStatus::kUnavailable : written;
}

ExitStatus RunPkce(const Session& session, const std::string& verifier) {
  Pkce pkce;
  if (verifier.empty()) {
    pkce = Pkce::Generate();
  } else {
    Result<SecretText> read = ReadPasted("code-verifier", verifier, session.stop);
    if (!read.ok()) return session.Failure(read.error());
    pkce.verifier = *std::move(read);
    pkce.challenge = ChallengeS256(pkce.verifier.Reveal());
  }
  const std::string text(pkce.verifier.Reveal());
  return session.output.Result("code_verifier   " + text + "\ncode_challenge  " + pkce.challenge,
                               {{"code_verifier", text},
                                {"code_challenge", pkce.challenge},
                                {"code_challenge_method", "S256"}});
}

}  // namespace modelgates::oauth::cli
