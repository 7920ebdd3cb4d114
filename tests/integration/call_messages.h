#pragma once

#include <modelgates/oauth/v1/oauth.pb.h>

#include <string>

#include "support/fake_upstream.h"

namespace modelgates::gateway {

inline constexpr char kCreatePath[] = "/api/v1/auth/keys/code";
inline constexpr char kExchangePath[] = "/api/v1/auth/keys";

// What is sent and answered where a test is about something else.
inline constexpr char kCallbackUrl[] = "https://app.example.com/callback";
inline constexpr char kVerifier[] = "verifier-0123456789-0123456789-0123456789-abc";
inline constexpr char kCreatedBody[] =
    R"({"data":{"id":"auth-code-1","app_id":7,"created_at":"2026-05-04T03:02:01.5Z"}})";
inline constexpr char kKeyBody[] = R"({"key":"sk-user-1","user_id":"user-1"})";

oauth::v1::CreateAuthCodeRequest MinimalCreate();
oauth::v1::ExchangeAuthCodeRequest MinimalExchange(const std::string& auth_code);

// Lets `upstream` answer both operations with success.
void AnswerBoth(FakeUpstream& upstream);

// An error in the API's shape.
std::string ErrorBody(int code, const std::string& message);

}  // namespace modelgates::gateway
