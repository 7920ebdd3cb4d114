#include "frontend/oauth_service.h"

#include <grpcpp/impl/codegen/server_callback_handlers.h>

#include <utility>

#include "frontend/status_mapping.h"
#include "rpc/typed_call.h"

namespace modelgates::gateway {
namespace {

namespace v1 = modelgates::oauth::v1;

using grpc::internal::CallbackUnaryHandler;
using grpc::internal::RpcMethod;
using grpc::internal::RpcServiceMethod;

}  // namespace

// As the generated code of a service does it, which does not know of Received.
OAuthServiceImpl::OAuthServiceImpl(EventLoop& loop, OAuthRpcs& rpcs, Admission& admission,
                                   Refusals& refusals)
    : loop_(loop), rpcs_(rpcs), admission_(admission), refusals_(refusals) {
  AddMethod(new RpcServiceMethod("/modelgates.oauth.v1.OAuthService/CreateAuthCode",
                                 RpcMethod::NORMAL_RPC, nullptr));
  AddMethod(new RpcServiceMethod("/modelgates.oauth.v1.OAuthService/ExchangeAuthCode",
                                 RpcMethod::NORMAL_RPC, nullptr));
  MarkMethodCallback(
      0, new CallbackUnaryHandler<Received<v1::CreateAuthCodeRequest>, v1::CreateAuthCodeResponse>(
             [this](auto* context, auto* request, auto* reply) {
               return CreateAuthCode(context, request, reply);
             }));
  MarkMethodCallback(
      1,
      new CallbackUnaryHandler<Received<v1::ExchangeAuthCodeRequest>, v1::ExchangeAuthCodeResponse>(
          [this](auto* context, auto* request, auto* reply) {
            return ExchangeAuthCode(context, request, reply);
          }));
}

grpc::ServerUnaryReactor* OAuthServiceImpl::CreateAuthCode(
    grpc::CallbackServerContext* context, const Received<v1::CreateAuthCodeRequest>* request,
    v1::CreateAuthCodeResponse* reply) {
  auto call =
      std::make_shared<CreateAuthCodeCall>(Rpc::kCreateAuthCode, *context, loop_, *request, *reply);
  return Start<&OAuthRpcs::CreateAuthCode>(std::move(call), "");
}

grpc::ServerUnaryReactor* OAuthServiceImpl::ExchangeAuthCode(
    grpc::CallbackServerContext* context, const Received<v1::ExchangeAuthCodeRequest>* request,
    v1::ExchangeAuthCodeResponse* reply) {
  auto call = std::make_shared<ExchangeAuthCodeCall>(Rpc::kExchangeAuthCode, *context, loop_,
                                                     *request, *reply);
  return Start<&OAuthRpcs::ExchangeAuthCode>(std::move(call), request->message.code());
}

template <auto kServe, class RpcCall>
grpc::ServerUnaryReactor* OAuthServiceImpl::Start(std::shared_ptr<RpcCall> call,
                                                  std::string_view auth_code) {
  Call* reactor = call.get();
  if (const auto reason = admission_.Enter()) {
    call->Begin(nullptr);
    Refuse(*call, auth_code, *reason);
    return reactor;
  }
  call->Begin(&admission_);
  loop_.Post([this, call = std::move(call)]() mutable { Spawn((rpcs_.*kServe)(std::move(call))); });
  return reactor;
}

void OAuthServiceImpl::Refuse(Call& call, std::string_view auth_code, ErrorReason reason) {
  Refusal refusal = refusals_.Refuse(reason,
                                     {.rpc = call.rpc(),
                                      .started = call.started(),
                                      .request_id = call.Metadata("x-request-id"),
                                      .traceparent = call.Metadata("traceparent"),
                                      .peer = call.Peer(),
                                      .auth_code = auth_code},
                                     loop_.Now());
  call.AddTrailer("x-request-id", refusal.request_id);
  call.AddTrailer("grpc-retry-pushback-ms", std::string(refusal.retry_pushback));
  call.FinishWith(ToStatus(std::move(refusal)));
}

}  // namespace modelgates::gateway
