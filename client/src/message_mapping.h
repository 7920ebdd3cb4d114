#pragma once

#include <modelgates/oauth/v1/oauth.pb.h>

#include "modelgates/oauth/messages.h"

namespace modelgates::oauth {

// The messages of the proto, field by field. Values go out as they are, wrong ones too: the gateway
// is who judges, and names all of them at once.

// `defaults` are the app's own, of the client.
struct AppAttribution {
  std::optional<std::string> http_referer;
  std::optional<std::string> x_open_router_title;
  std::optional<std::string> x_open_router_categories;
};

v1::CreateAuthCodeRequest ToProto(const CreateAuthCodeRequest& request,
                                  const AppAttribution& defaults);
v1::ExchangeAuthCodeRequest ToProto(const ExchangeAuthCodeRequest& request,
                                    const AppAttribution& defaults);

// Take the secrets out of the reply; nothing of them stays in it.
AuthCode FromProto(v1::CreateAuthCodeResponse& reply);
ApiKey FromProto(v1::ExchangeAuthCodeResponse& reply);

// Overwrites the secrets of a message.
void WipeSecrets(v1::CreateAuthCodeRequest& request);
void WipeSecrets(v1::ExchangeAuthCodeRequest& request);
void WipeSecrets(v1::CreateAuthCodeResponse& reply);
void WipeSecrets(v1::ExchangeAuthCodeResponse& reply);

}  // namespace modelgates::oauth
