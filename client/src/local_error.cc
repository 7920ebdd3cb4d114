#include "local_error.h"

#include <utility>

namespace modelgates::oauth {

Error InvalidFields(std::vector<FieldViolation> violations) {
  Error error = LocalError(GrpcCode::kInvalidArgument, "");
  error.reason = ErrorReason::kFieldInvalid;
  error.reason_name = ToString(error.reason);
  for (const FieldViolation& violation : violations) {
    if (!error.message.empty()) error.message += "; ";
    error.message += violation.field + " " + violation.description;
  }
  error.field_violations = std::move(violations);
  return error;
}

Error LocalError(GrpcCode code, std::string message) {
  Error error;
  error.grpc_code = code;
  error.message = std::move(message);
  error.origin = ErrorOrigin::kCaller;
  return error;
}

}  // namespace modelgates::oauth
