#include "exit_status.h"

#include "advice.h"

namespace modelgates::oauth::cli {

bool MayBeSpent(const Error& error) {
  return error.reason == ErrorReason::kExchangeOutcomeUnknown ||
         error.auth_code_state == AuthCodeState::kSpent ||
         error.auth_code_state == AuthCodeState::kUnknown;
}

ExitStatus ToExitStatus(const Error& error) {
  if (MayBeSpent(error)) return ExitStatus::kAuthorizeAnew;
  if (error.reason_name == kFileError) return ExitStatus::kFile;
  switch (error.grpc_code) {
    case GrpcCode::kOk:
      return ExitStatus::kOk;
    case GrpcCode::kCancelled:
      return ExitStatus::kInterrupted;
    case GrpcCode::kInvalidArgument:
    case GrpcCode::kOutOfRange:
      return ExitStatus::kUsage;
    case GrpcCode::kDeadlineExceeded:
      return ExitStatus::kTimeout;
    case GrpcCode::kPermissionDenied:
    case GrpcCode::kUnauthenticated:
      return ExitStatus::kNotPermitted;
    case GrpcCode::kUnavailable:
    case GrpcCode::kResourceExhausted:
      return ExitStatus::kUnavailable;
    case GrpcCode::kUnknown:
    case GrpcCode::kNotFound:
    case GrpcCode::kAlreadyExists:
    case GrpcCode::kFailedPrecondition:
    case GrpcCode::kAborted:
    case GrpcCode::kUnimplemented:
    case GrpcCode::kInternal:
    case GrpcCode::kDataLoss:
      break;
  }
  return ExitStatus::kFailed;
}

std::string_view ExitStatusText() {
  return R"(Exit status:
  0 success                        4 not permitted, or denied by the user
  1 failure                        5 the code may be spent: start a new login
  2 wrong flag or field            6 timeout: run the same command again
  3 unavailable, or overloaded     7 a file could not be read or written
  130 interrupted)";
}

}  // namespace modelgates::oauth::cli
