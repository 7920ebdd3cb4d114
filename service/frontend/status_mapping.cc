#include "frontend/status_mapping.h"

#include <utility>

#include "failure/error_status.h"

namespace modelgates::gateway {

ErrorReply ToStatus(const FailedCall& failed) {
  ErrorStatus error = ToErrorStatus(failed);
  return {grpc::Status(static_cast<grpc::StatusCode>(error.status.code()), error.status.message(),
                       error.status.SerializeAsString()),
          std::move(error.retry_pushback), error.details_truncated};
}

grpc::Status ToStatus(Refusal refusal) {
  return {static_cast<grpc::StatusCode>(refusal.code), std::string(refusal.message),
          std::move(refusal.details)};
}

}  // namespace modelgates::gateway
