#pragma once

#include <modelgates/oauth/v1/oauth.pb.h>

#include "modelgates/oauth/messages.h"

namespace modelgates::oauth {

// Conversion to and from the messages of the proto, field by field. Invalid values are sent
// unchanged, because the gateway checks all fields and reports every error.

// The app's defaults, of ClientOptions.
struct AppAttribution {
  std::optional<std::string> http_referer;
  std::optional<std::string> x_open_router_title;
  std::optional<std::string> x_open_router_categories;
};

v1::CreateAuthCodeRequest ToProto(const CreateAuthCodeRequest& request,
                                  const AppAttribution& defaults);
v1::ExchangeAuthCodeRequest ToProto(const ExchangeAuthCodeRequest& request,
                                    const AppAttribution& defaults);

// Move the secrets out of the reply.
AuthCode FromProto(v1::CreateAuthCodeResponse& reply);
ApiKey FromProto(v1::ExchangeAuthCodeResponse& reply);

// Overwrites the secrets of a message.
void WipeSecrets(v1::CreateAuthCodeRequest& request);
void WipeSecrets(v1::ExchangeAuthCodeRequest& request);
void WipeSecrets(v1::CreateAuthCodeResponse& reply);
void WipeSecrets(v1::ExchangeAuthCodeResponse& reply);

}  // namespace modelgates::oauth
