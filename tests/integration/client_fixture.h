#pragma once

#include <optional>

#include "integration/gateway_fixture.h"
#include "modelgates/oauth/client.h"

namespace modelgates::gateway {

// GatewayTest, called through the client library.
class ClientTest : public GatewayTest {
 protected:
  // Of the running gateway.
  oauth::ClientOptions Options() {
    oauth::ClientOptions options;
    options.target = server().grpc_address();
    // Far beyond what any test waits for, so that it is the gateway that answers.
    options.default_timeout = std::chrono::seconds(60);
    return options;
  }

  const oauth::OAuthClient& oauth() {
    if (!oauth_) oauth_.emplace(Options());
    return *oauth_;
  }

  static oauth::CreateAuthCodeRequest CreateRequest() {
    oauth::CreateAuthCodeRequest request;
    request.callback_url = kCallbackUrl;
    return request;
  }
  static oauth::ExchangeAuthCodeRequest ExchangeRequest(const char* auth_code = "code-1") {
    oauth::ExchangeAuthCodeRequest request;
    request.code = oauth::SecretText(auth_code);
    request.code_verifier = oauth::SecretText(kVerifier);
    request.code_challenge_method = oauth::CodeChallengeMethod::kS256;
    return request;
  }

 private:
  std::optional<oauth::OAuthClient> oauth_;
};

}  // namespace modelgates::gateway
