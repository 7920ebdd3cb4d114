#pragma once

#include <grpcpp/support/status.h>

#include <string>
#include <utility>

#include "failure/error_reply.h"
#include "frontend/refusals.h"

namespace modelgates::gateway {

// The only place that builds a grpc::Status: what a caller receives, with the serialized
// google.rpc.Status in its details.

inline grpc::Status ToStatus(const ErrorReply& reply) {
  return {static_cast<grpc::StatusCode>(reply.status.code()), reply.status.message(),
          reply.status.SerializeAsString()};
}

inline grpc::Status ToStatus(Refusal refusal) {
  return {static_cast<grpc::StatusCode>(refusal.code), std::string(refusal.message),
          std::move(refusal.details)};
}

}  // namespace modelgates::gateway
