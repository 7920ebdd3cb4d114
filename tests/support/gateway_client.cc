#include "support/gateway_client.h"

#include <grpcpp/generic/generic_stub.h>

namespace modelgates::gateway {
namespace {

std::shared_ptr<grpc::Channel> Connect(
    const std::string& address, const std::shared_ptr<grpc::ChannelCredentials>& credentials) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  return grpc::CreateCustomChannel(address, credentials, arguments);
}

}  // namespace

GatewayClient::GatewayClient(const std::string& address)
    : GatewayClient(address, grpc::InsecureChannelCredentials()) {}

GatewayClient::GatewayClient(const std::string& address,
                             const std::shared_ptr<grpc::ChannelCredentials>& credentials)
    : GatewayClient(Connect(address, credentials)) {}

GatewayClient::GatewayClient(std::shared_ptr<grpc::Channel> channel)
    : channel_(std::move(channel)), stub_(oauth::v1::OAuthService::NewStub(channel_)) {}

std::unique_ptr<GatewayClient::PendingCreate> GatewayClient::StartCreate(
    const CreateRequest& request, const CallSettings& settings) {
  auto call = std::make_unique<PendingCreate>(request, settings);
  stub_->async()->CreateAuthCode(
      &call->context_, &call->request_, &call->reply_,
      [pending = call.get()](grpc::Status status) { pending->promise_.set_value(status); });
  return call;
}

std::unique_ptr<GatewayClient::PendingExchange> GatewayClient::StartExchange(
    const ExchangeRequest& request, const CallSettings& settings) {
  auto call = std::make_unique<PendingExchange>(request, settings);
  stub_->async()->ExchangeAuthCode(
      &call->context_, &call->request_, &call->reply_,
      [pending = call.get()](grpc::Status status) { pending->promise_.set_value(status); });
  return call;
}

Called<GatewayClient::CreateReply> GatewayClient::Create(const CreateRequest& request,
                                                         const CallSettings& settings) {
  return StartCreate(request, settings)->Wait();
}

Called<GatewayClient::ExchangeReply> GatewayClient::Exchange(const ExchangeRequest& request,
                                                             const CallSettings& settings) {
  return StartExchange(request, settings)->Wait();
}

CallEnd GatewayClient::SendRaw(const std::string& method, const std::string& bytes) {
  grpc::GenericStub stub(channel_);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
  const grpc::Slice slice(bytes);
  const grpc::ByteBuffer request(&slice, 1);
  grpc::ByteBuffer reply;
  std::promise<grpc::Status> ended;
  stub.UnaryCall(&context, "/modelgates.oauth.v1.OAuthService/" + method, grpc::StubOptions(),
                 &request, &reply, [&](grpc::Status status) { ended.set_value(status); });
  CallEnd end;
  end.status = ended.get_future().get();
  for (const auto& [name, value] : context.GetServerTrailingMetadata()) {
    end.trailers.emplace(std::string(name.data(), name.size()),
                         std::string(value.data(), value.size()));
  }
  return end;
}

}  // namespace modelgates::gateway
