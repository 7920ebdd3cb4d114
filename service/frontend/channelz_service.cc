#include "frontend/channelz_service.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/util/json_util.h>
#include <grpc/grpc.h>
#include <grpc/support/alloc.h>
#include <grpcpp/ext/channelz_service_plugin.h>
#include <grpcpp/impl/codegen/server_callback_handlers.h>
#include <grpcpp/impl/rpc_service_method.h>
#include <grpcpp/support/byte_buffer.h>

#include <memory>
#include <string>
#include <utility>

namespace modelgates::gateway {
namespace {

using google::protobuf::Message;
using grpc::internal::RpcMethod;
using grpc::internal::RpcServiceMethod;

int64_t Number(const Message& request, const char* field) {
  return request.GetReflection()->GetInt64(request,
                                           request.GetDescriptor()->FindFieldByName(field));
}

struct Method {
  const char* path;
  const char* name;  // of its messages, without the suffixes Request and Response
  // The answer as JSON, to be freed by gpr_free; null: no such object.
  char* (*ask)(const Message& request);
};

constexpr Method kMethods[] = {
    {"/grpc.channelz.v1.Channelz/GetTopChannels", "GetTopChannels",
     [](const Message& request) {
       return grpc_channelz_get_top_channels(Number(request, "start_channel_id"));
     }},
    {"/grpc.channelz.v1.Channelz/GetServers", "GetServers",
     [](const Message& request) {
       return grpc_channelz_get_servers(Number(request, "start_server_id"));
     }},
    {"/grpc.channelz.v1.Channelz/GetServer", "GetServer",
     [](const Message& request) { return grpc_channelz_get_server(Number(request, "server_id")); }},
    {"/grpc.channelz.v1.Channelz/GetServerSockets", "GetServerSockets",
     [](const Message& request) {
       return grpc_channelz_get_server_sockets(Number(request, "server_id"),
                                               Number(request, "start_socket_id"),
                                               Number(request, "max_results"));
     }},
    {"/grpc.channelz.v1.Channelz/GetChannel", "GetChannel",
     [](const Message& request) {
       return grpc_channelz_get_channel(Number(request, "channel_id"));
     }},
    {"/grpc.channelz.v1.Channelz/GetSubchannel", "GetSubchannel",
     [](const Message& request) {
       return grpc_channelz_get_subchannel(Number(request, "subchannel_id"));
     }},
    {"/grpc.channelz.v1.Channelz/GetSocket", "GetSocket",
     [](const Message& request) { return grpc_channelz_get_socket(Number(request, "socket_id")); }},
};

// Refers to the library, so that the linker includes its descriptors.
void LinkDescriptors() {
  asm volatile("" : : "r"(&grpc::channelz::experimental::InitChannelzService));
}

std::unique_ptr<Message> NewMessage(const std::string& name) {
  const auto* const type =
      google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(
          "grpc.channelz.v1." + name);
  return std::unique_ptr<Message>(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
}

grpc::Status Answer(const Method& method, const grpc::ByteBuffer& bytes, grpc::ByteBuffer& reply) {
  const auto request = NewMessage(std::string(method.name) + "Request");
  grpc::Slice whole;
  if (!bytes.DumpToSingleSlice(&whole).ok() ||
      !request->ParseFromArray(whole.begin(), static_cast<int>(whole.size()))) {
    return {grpc::StatusCode::INVALID_ARGUMENT, "the request is not a message of this RPC"};
  }
  const std::unique_ptr<char, void (*)(void*)> json(method.ask(*request), gpr_free);
  if (json == nullptr) return {grpc::StatusCode::NOT_FOUND, "there is no such object"};
  const auto response = NewMessage(std::string(method.name) + "Response");
  if (!google::protobuf::util::JsonStringToMessage(json.get(), response.get()).ok()) {
    return {grpc::StatusCode::INTERNAL, "gRPC's answer is not a message of this RPC"};
  }
  const grpc::Slice slice(response->SerializeAsString());
  reply = grpc::ByteBuffer(&slice, 1);
  return grpc::Status::OK;
}

}  // namespace

ChannelzService::ChannelzService(const CallerAccess& access) {
  LinkDescriptors();
  size_t index = 0;
  for (const Method& method : kMethods) {
    AddMethod(new RpcServiceMethod(method.path, RpcMethod::NORMAL_RPC, nullptr));
    MarkMethodCallback(
        index++, new grpc::internal::CallbackUnaryHandler<grpc::ByteBuffer, grpc::ByteBuffer>(
                     [&method, &access](grpc::CallbackServerContext* context,
                                        const grpc::ByteBuffer* request, grpc::ByteBuffer* reply) {
                       grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
                       grpc::Status status = access.Check(*context, method.path);
                       if (status.ok()) status = Answer(method, *request, *reply);
                       reactor->Finish(std::move(status));
                       return reactor;
                     }));
  }
}

}  // namespace modelgates::gateway
