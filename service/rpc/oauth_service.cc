#include "rpc/oauth_service.h"

#include <utility>

#include "rpc/status_mapping.h"
#include "rpc/typed_call.h"

namespace modelgates::gateway {

grpc::ServerUnaryReactor* OAuthServiceImpl::CreateAuthCode(
    grpc::CallbackServerContext* context, const oauth::v1::CreateAuthCodeRequest* request,
    oauth::v1::CreateAuthCodeResponse* reply) {
  return Start(std::make_shared<CreateAuthCodeCall>(*context, loop_, *request, *reply));
}

grpc::ServerUnaryReactor* OAuthServiceImpl::ExchangeAuthCode(
    grpc::CallbackServerContext* context, const oauth::v1::ExchangeAuthCodeRequest* request,
    oauth::v1::ExchangeAuthCodeResponse* reply) {
  return Start(std::make_shared<ExchangeAuthCodeCall>(*context, loop_, *request, *reply));
}

grpc::ServerUnaryReactor* OAuthServiceImpl::Start(std::shared_ptr<Call> call) {
  Call* reactor = call.get();
  if (const auto reason = admission_.Enter()) {
    call->Begin(nullptr);
    Refuse(*call, *reason);
    return reactor;
  }
  call->Begin(&admission_);
  loop_.Post([this, call = std::move(call)]() mutable { Spawn(pipeline_.Serve(std::move(call))); });
  return reactor;
}

void OAuthServiceImpl::Refuse(Call& call, ErrorReason reason) {
  Refusal refusal = refusals_.Refuse(reason,
                                     {.rpc = call.rpc(),
                                      .started = call.started(),
                                      .request_id = call.Metadata("x-request-id"),
                                      .traceparent = call.Metadata("traceparent"),
                                      .peer = call.Peer(),
                                      .auth_code = call.auth_code()},
                                     loop_.Now());
  call.AddTrailer("x-request-id", refusal.request_id);
  call.AddTrailer("grpc-retry-pushback-ms", std::string(refusal.retry_pushback));
  call.FinishWith(ToStatus(std::move(refusal)));
}

}  // namespace modelgates::gateway
