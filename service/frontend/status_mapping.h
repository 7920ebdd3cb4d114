#pragma once

#include <grpcpp/support/status.h>

#include <string>

#include "failure/failed_call.h"
#include "frontend/refusals.h"

namespace modelgates::gateway {

// An ErrorStatus (error_status.h) as gRPC takes it.
struct ErrorReply {
  grpc::Status status;  // with the serialized google.rpc.Status in its details
  std::string retry_pushback;
  bool details_truncated = false;
};

// The only place that builds a grpc::Status. Pure.
ErrorReply ToStatus(const FailedCall& failed);
grpc::Status ToStatus(Refusal refusal);

}  // namespace modelgates::gateway
