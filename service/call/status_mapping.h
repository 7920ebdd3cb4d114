#pragma once

#include <grpcpp/support/status.h>

#include "failure/error_reply.h"

namespace modelgates::gateway {

// The gRPC status of an error, with the serialized google.rpc.Status in its details.
inline grpc::Status ToStatus(const ErrorReply& reply) {
  return {static_cast<grpc::StatusCode>(reply.status.code()), reply.status.message(),
          reply.status.SerializeAsString()};
}

}  // namespace modelgates::gateway
