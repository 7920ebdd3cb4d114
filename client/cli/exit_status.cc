#include "exit_status.h"

namespace modelgates::oauth::cli {
namespace {

bool MayBeSpent(const Error& error) {
  return error.reason == ErrorReason::kExchangeOutcomeUnknown ||
         error.auth_code_state == AuthCodeState::kSpent ||
         error.auth_code_state == AuthCodeState::kUnknown;
}

}  // namespace

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

std::string_view ToAdvice(const Error& error) {
  if (MayBeSpent(error)) return "start a new login: this code cannot be relied on any more";
  if (error.reason == ErrorReason::kExchangeInProgress) {
    return "run the very same command again: it receives the result";
  }
  if (error.reason == ErrorReason::kCredentialMissing ||
      error.reason == ErrorReason::kUnauthorized) {
    return "give an API key with --bearer, or have the gateway's operators check theirs";
  }
  if (error.reason == ErrorReason::kUpstreamTlsUntrusted ||
      error.reason == ErrorReason::kUpstreamRedirect ||
      error.reason == ErrorReason::kUpstreamEndpointMissing) {
    return "tell the gateway's operators: its --upstream needs a look";
  }
  if (error.reason == ErrorReason::kPaymentRequired) return "add credit to the account";
  if (error.reason == ErrorReason::kUnspecified && error.grpc_code == GrpcCode::kUnavailable) {
    return "check --gateway, and whether a gateway listens there";
  }
  // RFC 6749, section 4.1.2.1: the user's own answer, of no code.
  if (error.reason_name == "access_denied") return "log in again if that was a mistake";
  switch (ToExitStatus(error)) {
    case ExitStatus::kUsage:
      return "correct what is named above and run it again";
    case ExitStatus::kUnavailable:
      return "try again later";
    case ExitStatus::kNotPermitted:
      return "start a new login; a code works once, and only with its own verifier";
    case ExitStatus::kTimeout:
      return "run the very same command again, with more time (--timeout)";
    case ExitStatus::kFile:
      return "check that the file can be read or written";
    case ExitStatus::kOk:
    case ExitStatus::kFailed:
    case ExitStatus::kAuthorizeAnew:
    case ExitStatus::kInterrupted:
      break;
  }
  return error.grpc_code == GrpcCode::kCancelled ? "nothing was changed here"
                                                 : "show the request id to the gateway's operators";
}

std::string_view ExitStatusText() {
  return R"(Exit status:
  0 done                           4 not permitted, or denied
  1 failed                         5 the code may be spent: authorize anew
  2 wrong flag or field            6 out of time: run it again
  3 unavailable: try again later   7 a file could not be read or written
  130 interrupted)";
}

}  // namespace modelgates::oauth::cli
