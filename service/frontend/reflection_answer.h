#pragma once

#include <grpc/reflection/v1/reflection.pb.h>

#include <string>
#include <vector>

namespace modelgates::gateway {

// Answers one request of gRPC's reflection protocol from the descriptors that are linked into this
// program. `services`: full names of the served services. Any thread.
grpc::reflection::v1::ServerReflectionResponse AnswerReflection(
    const grpc::reflection::v1::ServerReflectionRequest& request,
    const std::vector<std::string>& services);

}  // namespace modelgates::gateway
