#pragma once

#include <modelgates/oauth/v1/oauth.pb.h>

#include "frontend/received.h"
#include "rpc/call.h"

namespace modelgates::gateway {

// What depends on the messages of an RPC only.
template <class Request, class Reply>
class TypedCall : public Call {
 public:
  TypedCall(Rpc rpc, grpc::CallbackServerContext& context, EventLoop& loop,
            const Received<Request>& received, Reply& reply)
      : Call(rpc, context, loop),
        request_(received.message),
        malformed_(received.malformed),
        reply_(reply) {}

  bool malformed() const override { return malformed_; }
  std::vector<Violation> Validate(const Config& config) const override {
    return gateway::Validate(request_, config);
  }
  const oauth::v1::RetryConfig* retries() const override {
    return request_.has_retries() ? &request_.retries() : nullptr;
  }
  HttpRequest ToHttpRequest(const UpstreamDefaults& defaults, const Secret& bearer) const override {
    return gateway::ToHttpRequest(request_, defaults, bearer);
  }

 protected:
  const Request& request_;
  const bool malformed_;
  Reply& reply_;
};

class CreateAuthCodeCall final
    : public TypedCall<oauth::v1::CreateAuthCodeRequest, oauth::v1::CreateAuthCodeResponse> {
 public:
  CreateAuthCodeCall(grpc::CallbackServerContext& context, EventLoop& loop,
                     const Received<oauth::v1::CreateAuthCodeRequest>& request,
                     oauth::v1::CreateAuthCodeResponse& reply)
      : TypedCall(Rpc::kCreateAuthCode, context, loop, request, reply) {}

  void AddSecrets(Redaction& redaction) const override {
    // With method plain, and the upstream's default may be that, the challenge is the verifier.
    if (request_.code_challenge_method() != oauth::v1::S256) {
      redaction.Add(request_.code_challenge());
    }
  }
  ReplyReading ReadReply(HttpResponse& answer) override { return FromHttpResponse(answer, reply_); }
  std::string_view auth_code() const override { return reply_.data().id(); }
  int64_t app_id() const override { return reply_.data().app_id(); }
};

class ExchangeAuthCodeCall final
    : public TypedCall<oauth::v1::ExchangeAuthCodeRequest, oauth::v1::ExchangeAuthCodeResponse> {
 public:
  ExchangeAuthCodeCall(grpc::CallbackServerContext& context, EventLoop& loop,
                       const Received<oauth::v1::ExchangeAuthCodeRequest>& request,
                       oauth::v1::ExchangeAuthCodeResponse& reply)
      : TypedCall(Rpc::kExchangeAuthCode, context, loop, request, reply) {}

  void AddSecrets(Redaction& redaction) const override {
    redaction.Add(request_.code());
    redaction.Add(request_.code_verifier());
    redaction.Add(reply_.key());
  }
  void SetReply(const ApiKey& key) override {
    reply_.mutable_key()->assign(key.key.Reveal());
    if (key.user_id) reply_.set_user_id(*key.user_id);
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
};

}  // namespace modelgates::gateway
