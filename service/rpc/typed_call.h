#pragma once

#include <modelgates/oauth/v1/oauth.pb.h>

#include "rpc/call.h"

namespace modelgates::gateway {

class CreateAuthCodeCall final : public Call {
 public:
  CreateAuthCodeCall(grpc::CallbackServerContext& context, EventLoop& loop,
                     const oauth::v1::CreateAuthCodeRequest& request,
                     oauth::v1::CreateAuthCodeResponse& reply)
      : Call(Rpc::kCreateAuthCode, context, loop), request_(request), reply_(reply) {}

  std::vector<Violation> Validate(const Config& config) const override {
    return gateway::Validate(request_, config);
  }
  const oauth::v1::RetryConfig* retries() const override {
    return request_.has_retries() ? &request_.retries() : nullptr;
  }
  HttpRequest ToHttpRequest(const UpstreamDefaults& defaults, const Secret& bearer) const override {
    return gateway::ToHttpRequest(request_, defaults, bearer);
  }
  ReplyReading ReadReply(HttpResponse& response) override {
    return FromHttpResponse(response, reply_);
  }
  void AddSecrets(Redaction& redaction) const override {
    // With method plain, and the upstream's default may be that, the challenge is the verifier.
    if (request_.code_challenge_method() != oauth::v1::S256) {
      redaction.Add(request_.code_challenge());
    }
  }
  std::string_view auth_code() const override { return reply_.data().id(); }
  int64_t app_id() const override { return reply_.data().app_id(); }

 private:
  const oauth::v1::CreateAuthCodeRequest& request_;
  oauth::v1::CreateAuthCodeResponse& reply_;
};

class ExchangeAuthCodeCall final : public Call {
 public:
  ExchangeAuthCodeCall(grpc::CallbackServerContext& context, EventLoop& loop,
                       const oauth::v1::ExchangeAuthCodeRequest& request,
                       oauth::v1::ExchangeAuthCodeResponse& reply)
      : Call(Rpc::kExchangeAuthCode, context, loop), request_(request), reply_(reply) {}

  std::vector<Violation> Validate(const Config& config) const override {
    return gateway::Validate(request_, config);
  }
  const oauth::v1::RetryConfig* retries() const override {
    return request_.has_retries() ? &request_.retries() : nullptr;
  }
  HttpRequest ToHttpRequest(const UpstreamDefaults& defaults, const Secret& bearer) const override {
    return gateway::ToHttpRequest(request_, defaults, bearer);
  }
  ReplyReading ReadReply(HttpResponse& response) override {
    return FromHttpResponse(response, reply_);
  }
  void AddSecrets(Redaction& redaction) const override {
    redaction.Add(request_.code());
    redaction.Add(request_.code_verifier());
    redaction.Add(reply_.key());
  }
  std::string_view auth_code() const override { return request_.code(); }
  ExchangeIdentity Identity() const override {
    ExchangeIdentity identity;
    identity.auth_code = request_.code();
    identity.code_verifier = request_.code_verifier();
    identity.code_challenge_method =
        request_.has_code_challenge_method() ? request_.code_challenge_method() : -1;
    return identity;
  }

 private:
  const oauth::v1::ExchangeAuthCodeRequest& request_;
  oauth::v1::ExchangeAuthCodeResponse& reply_;
};

}  // namespace modelgates::gateway
