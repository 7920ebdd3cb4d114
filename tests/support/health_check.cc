#include "support/health_check.h"

#include <grpcpp/generic/generic_stub.h>

#include <chrono>
#include <future>

namespace modelgates::gateway {

using grpc::health::v1::HealthCheckRequest;
using grpc::health::v1::HealthCheckResponse;

HealthCheckResponse::ServingStatus HealthOf(const std::shared_ptr<grpc::Channel>& channel,
                                            const std::string& service) {
  HealthCheckRequest request;
  request.set_service(service);
  const grpc::Slice slice(request.SerializeAsString());
  const grpc::ByteBuffer bytes(&slice, 1);
  grpc::ByteBuffer reply;
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
  std::promise<grpc::Status> ended;
  grpc::GenericStub(channel).UnaryCall(&context, "/grpc.health.v1.Health/Check",
                                       grpc::StubOptions(), &bytes, &reply,
                                       [&](grpc::Status status) { ended.set_value(status); });
  HealthCheckResponse response;
  grpc::Slice whole;
  if (!ended.get_future().get().ok() || !reply.DumpToSingleSlice(&whole).ok()) {
    return HealthCheckResponse::UNKNOWN;
  }
  response.ParseFromArray(whole.begin(), static_cast<int>(whole.size()));
  return response.status();
}

}  // namespace modelgates::gateway
