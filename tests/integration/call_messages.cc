#include "integration/call_messages.h"

#include <nlohmann/json.hpp>

namespace modelgates::gateway {

oauth::v1::CreateAuthCodeRequest MinimalCreate() {
  oauth::v1::CreateAuthCodeRequest request;
  request.set_callback_url(kCallbackUrl);
  return request;
}

oauth::v1::ExchangeAuthCodeRequest MinimalExchange(const std::string& auth_code) {
  oauth::v1::ExchangeAuthCodeRequest request;
  request.set_code(auth_code);
  request.set_code_verifier(kVerifier);
  request.set_code_challenge_method(oauth::v1::S256);
  return request;
}

void AnswerBoth(FakeUpstream& upstream) {
  upstream.SetDefault(kCreatePath, Answer::Json(200, kCreatedBody));
  upstream.SetDefault(kExchangePath, Answer::Json(200, kKeyBody));
}

std::string ErrorBody(int code, const std::string& message) {
  return nlohmann::json{{"error", {{"code", code}, {"message", message}}}}.dump();
}

}  // namespace modelgates::gateway
