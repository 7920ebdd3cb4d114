#pragma once

#include <grpcpp/impl/service_type.h>
#include <modelgates/oauth/v1/oauth.pb.h>

#include <memory>

#include "frontend/admission.h"
#include "frontend/received.h"
#include "frontend/refusals.h"
#include "rpc/oauth_rpcs.h"

namespace modelgates::gateway {

// The gRPC edge: accepts each call on a thread of gRPC and, if it is admitted, hands it to the
// loop.
class OAuthServiceImpl final : public grpc::Service {
 public:
  OAuthServiceImpl(EventLoop& loop, OAuthRpcs& rpcs, Admission& admission, Refusals& refusals);

  grpc::ServerUnaryReactor* CreateAuthCode(
      grpc::CallbackServerContext* context,
      const Received<oauth::v1::CreateAuthCodeRequest>* request,
      oauth::v1::CreateAuthCodeResponse* reply);
  grpc::ServerUnaryReactor* ExchangeAuthCode(
      grpc::CallbackServerContext* context,
      const Received<oauth::v1::ExchangeAuthCodeRequest>* request,
      oauth::v1::ExchangeAuthCodeResponse* reply);

 private:
  // `auth_code`: of the request, may be empty.
  template <auto kServe, class RpcCall>
  grpc::ServerUnaryReactor* Start(std::shared_ptr<RpcCall> call, std::string_view auth_code);
  void Refuse(Call& call, std::string_view auth_code, ErrorReason reason);

  EventLoop& loop_;
  OAuthRpcs& rpcs_;
  Admission& admission_;
  Refusals& refusals_;
};

}  // namespace modelgates::gateway
