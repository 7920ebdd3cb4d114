#pragma once

#include <modelgates/oauth/v1/oauth.pb.h>

#include <string>
#include <utility>

#include "http/http.h"

namespace modelgates::gateway {

// Both operations with every field set that apps use, and values of the length that they have: what
// a cost is measured with.
inline oauth::v1::CreateAuthCodeRequest DocumentedCreate() {
  oauth::v1::CreateAuthCodeRequest request;
  request.set_callback_url("https://myapp.com/auth/callback");
  request.set_http_referer("https://myapp.com");
  request.set_x_open_router_title("My App");
  request.set_x_open_router_categories("cli-agent,cloud-agent");
  request.set_code_challenge("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
  request.set_code_challenge_method(oauth::v1::S256);
  request.mutable_expires_at()->set_seconds(1'830'297'599);
  request.set_key_label("My Custom Key");
  request.set_limit(100);
  request.set_usage_limit_type(oauth::v1::MONTHLY);
  return request;
}

inline oauth::v1::ExchangeAuthCodeRequest DocumentedExchange() {
  oauth::v1::ExchangeAuthCodeRequest request;
  request.set_code("auth_code_abc123def456");
  request.set_http_referer("https://myapp.com");
  request.set_x_open_router_title("My App");
  request.set_x_open_router_categories("cli-agent,cloud-agent");
  request.set_code_challenge_method(oauth::v1::S256);
  request.set_code_verifier("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
  return request;
}

inline HttpResponse JsonAnswer(std::string body) {
  HttpResponse response;
  response.status = 200;
  response.content_type = "application/json";
  response.body = std::move(body);
  return response;
}

inline HttpResponse CreateAnswer() {
  return JsonAnswer(R"({"data":{"id":"auth_code_xyz789","app_id":12345,)"
                    R"("created_at":"2026-11-23T06:00:00.000Z"}})");
}

inline HttpResponse ExchangeAnswer() {
  return JsonAnswer(R"({"key":"sk-or-v1-0e6f44a47a05f1dad2ad7e88c4c1d6b77688157716fb1a5271146f74)"
                    R"(61951c96","user_id":"user_2yOPcMpKoQhcd4bVgSMlELRaIah"})");
}

}  // namespace modelgates::gateway
