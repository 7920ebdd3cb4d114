#include "rpc/oauth_service.h"

#include <utility>

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
  call->Begin();
  Call* reactor = call.get();
  loop_.Post([this, call = std::move(call)]() mutable { Spawn(pipeline_.Serve(std::move(call))); });
  return reactor;
}

}  // namespace modelgates::gateway
