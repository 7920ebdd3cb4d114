#pragma once

#include <grpc/health/v1/health.pb.h>
#include <grpcpp/channel.h>

#include <memory>
#include <string>

namespace modelgates::gateway {

// The status of `service` from the health service; UNKNOWN: no answer within 20 s.
grpc::health::v1::HealthCheckResponse::ServingStatus HealthOf(
    const std::shared_ptr<grpc::Channel>& channel, const std::string& service);

}  // namespace modelgates::gateway
