#include "rpc/status_mapping.h"

#include "rpc/error_status.h"

namespace modelgates::gateway {

ErrorReply ToStatus(const FailedCall& failed) {
  ErrorStatus error = ToErrorStatus(failed);
  return {grpc::Status(static_cast<grpc::StatusCode>(error.status.code()), error.status.message(),
                       error.status.SerializeAsString()),
          std::move(error.retry_pushback), error.details_truncated};
}

}  // namespace modelgates::gateway
