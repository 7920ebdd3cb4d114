#pragma once

#include <modelgates/oauth/v1/oauth.grpc.pb.h>

#include "frontend/admission.h"
#include "frontend/refusals.h"
#include "rpc/pipeline.h"

namespace modelgates::gateway {

// The gRPC edge: accepts each call on a thread of gRPC and, if it is admitted, hands it to the
// loop.
class OAuthServiceImpl final : public oauth::v1::OAuthService::CallbackService {
 public:
  OAuthServiceImpl(EventLoop& loop, Pipeline& pipeline, Admission& admission, Refusals& refusals)
      : loop_(loop), pipeline_(pipeline), admission_(admission), refusals_(refusals) {}

  grpc::ServerUnaryReactor* CreateAuthCode(grpc::CallbackServerContext* context,
                                           const oauth::v1::CreateAuthCodeRequest* request,
                                           oauth::v1::CreateAuthCodeResponse* reply) override;
  grpc::ServerUnaryReactor* ExchangeAuthCode(grpc::CallbackServerContext* context,
                                             const oauth::v1::ExchangeAuthCodeRequest* request,
                                             oauth::v1::ExchangeAuthCodeResponse* reply) override;

 private:
  grpc::ServerUnaryReactor* Start(std::shared_ptr<Call> call);
  void Refuse(Call& call, ErrorReason reason);

  EventLoop& loop_;
  Pipeline& pipeline_;
  Admission& admission_;
  Refusals& refusals_;
};

}  // namespace modelgates::gateway
