#include "frontend/oauth_service.h"

#include <iterator>
#include <utility>

#include "call/open_calls.h"
#include "rpc/typed_call.h"

namespace modelgates::gateway {
namespace {

using grpc::internal::MethodHandler;
using grpc::internal::RpcMethod;
using grpc::internal::RpcServiceMethod;

// Indexed by Rpc.
constexpr const char* kPaths[] = {"/modelgates.oauth.v1.OAuthService/CreateAuthCode",
                                  "/modelgates.oauth.v1.OAuthService/ExchangeAuthCode"};
static_assert(std::size(kPaths) == kRpcCount);

const char* GrpcPathOf(Rpc rpc) { return kPaths[static_cast<size_t>(rpc)]; }

template <class RpcCall>
class Handler final : public MethodHandler {
 public:
  Handler(Rpc rpc, const Call::Parts& parts) : rpc_(rpc), parts_(parts) {}

  void RunHandler(const HandlerParameter& handed) override {
    std::make_shared<RpcCall>(rpc_, handed, parts_)->Begin();
  }

 private:
  const Rpc rpc_;
  const Call::Parts& parts_;
};

}  // namespace

OAuthServiceImpl::OAuthServiceImpl(const Parts& parts)
    : parts_(parts), call_parts_{parts.loop, parts.incomplete, *this} {
  Serve<CreateAuthCodeCall>(Rpc::kCreateAuthCode);
  Serve<ExchangeAuthCodeCall>(Rpc::kExchangeAuthCode);
}

// As the generated code of a service does. CLIENT_STREAMING is the same on the wire as NORMAL_RPC,
// but with NORMAL_RPC gRPC would read the request before it calls the handler.
template <class RpcCall>
void OAuthServiceImpl::Serve(Rpc rpc) {
  AddMethod(new RpcServiceMethod(GrpcPathOf(rpc), RpcMethod::CLIENT_STREAMING, nullptr));
  MarkMethodCallback(methods_++, new Handler<RpcCall>(rpc, call_parts_));
}

void OAuthServiceImpl::Take(std::shared_ptr<Call> call) {
  switch (call->rpc()) {
    case Rpc::kCreateAuthCode: {
      auto create = std::static_pointer_cast<CreateAuthCodeCall>(std::move(call));
      Start<&OAuthRpcs::CreateAuthCode>(std::move(create), "");
      return;
    }
    case Rpc::kExchangeAuthCode: {
      auto exchange = std::static_pointer_cast<ExchangeAuthCodeCall>(std::move(call));
      const std::string_view auth_code = exchange->request().code();
      Start<&OAuthRpcs::ExchangeAuthCode>(std::move(exchange), auth_code);
      return;
    }
  }
}

template <auto kServe, class RpcCall>
void OAuthServiceImpl::Start(std::shared_ptr<RpcCall> call, std::string_view auth_code) {
  auto reason = parts_.access.Enter(*call, GrpcPathOf(call->rpc()));
  if (!reason) reason = parts_.admission.Enter();
  if (reason) {
    Refuse(*call, auth_code, *reason);
    return;
  }
  call->Admit(parts_.admission);
  CallsOfGrpc().Queued();
  parts_.loop.Post([&rpcs = parts_.rpcs, call = std::move(call)]() mutable {
    CallsOfGrpc().Dequeued();
    Spawn((rpcs.*kServe)(std::move(call)));
  });
}

void OAuthServiceImpl::Refuse(Call& call, std::string_view auth_code, ErrorReason reason) {
  const CallerIdentity* const caller = call.caller();
  const auto tracestate = call.MetadataValues("tracestate");
  Refusal refusal = parts_.refusals.Refuse(reason,
                                           {.rpc = call.rpc(),
                                            .started = call.started(),
                                            .request_id = call.Metadata("x-request-id"),
                                            .traceparent = call.OnlyMetadata("traceparent"),
                                            .peer = call.Peer(),
                                            .auth_code = auth_code,
                                            .identity = caller != nullptr ? caller->text() : "",
                                            .tracestate = tracestate},
                                           parts_.loop.Now());
  call.AddTrailer("x-request-id", refusal.request_id);
  call.AddTrailer("grpc-retry-pushback-ms", std::string(refusal.retry_pushback));
  call.FinishWith({static_cast<grpc::StatusCode>(refusal.code), std::string(refusal.message),
                   std::move(refusal.details)});
}

}  // namespace modelgates::gateway
