#include "advice.h"

#include "exit_status.h"

namespace modelgates::oauth::cli {
namespace {

constexpr std::string_view kOperators = "tell the gateway's operators to check its --upstream";

// The advice for errors that the command itself found; else empty.
std::string_view OfThisMachine(const Error& error) {
  if (error.reason_name == kFileError) return "check that the file can be read or written";
  if (error.reason_name == kPortError) {
    return "give another --port, or none for any free port";
  }
  if (error.reason_name == kWaitOver)
    return "log in again, with more time for the browser (--wait)";
  if (error.reason_name == kUsageError) {
    return "modelgates-oauth help lists the commands, help COMMAND the flags of one";
  }
  if (error.reason_name == kNothingSent) return "run it again: nothing was sent";
  if (error.reason_name == kNameNotFound) return "check the host name in --gateway";
  if (error.reason_name == kNotServing) return "try again later, or with another --gateway";
  return {};
}

// The advice for connections on whose TLS the two sides do not agree; else empty.
std::string_view OfTls(const Error& error) {
  if (error.reason_name == kTlsNotServed) {
    return "leave out --tls and the flags that imply it (--ca-file, --client-cert-file), or check "
           "--gateway";
  }
  if (error.reason_name == kTlsProbablyServed) return "give --tls, or check --gateway";
  if (error.reason_name == kTlsUntrusted) {
    return "give the gateway's authority with --ca-file, and its name in --gateway";
  }
  if (error.reason_name == kTlsCertificateMissing) {
    return "give --client-cert-file and --client-key-file, or check --gateway";
  }
  return {};
}

// The advice for a redirect with `error` (RFC 6749, section 4.1.2.1); else empty.
std::string_view OfRedirect(const Error& error) {
  if (error.reason_name == "access_denied") return "log in again if that was a mistake";
  if (error.reason_name == "server_error" || error.reason_name == "temporarily_unavailable") {
    return "log in again later";
  }
  return {};
}

// The advice for reasons that need more than that of their exit status; else empty.
std::string_view OfReason(const Error& error) {
  switch (error.reason) {
    case ErrorReason::kCredentialMissing:
    case ErrorReason::kUnauthorized:
      return "give an API key with --bearer, or have the gateway's operators check theirs";
    case ErrorReason::kCallerNotAllowed:
      return "ask the gateway's operators to let you in";
    case ErrorReason::kCallerLimitExceeded:
      return "call less often, or ask the gateway's operators for a larger share";
    case ErrorReason::kUpstreamTlsUntrusted:
    case ErrorReason::kUpstreamRedirect:
    case ErrorReason::kUpstreamEndpointMissing:
    case ErrorReason::kUpstreamBlocked:
      return kOperators;
    case ErrorReason::kPaymentRequired:
      return "add credit to the account";
    case ErrorReason::kDeadlineTooShort:
      return "run it again with more time (--timeout)";
    default:
      return {};
  }
}

// Decided by the error's details, not by its code: UNAVAILABLE is also the code of failures that
// only an operator can repair. An exhausted quota recovers by itself.
bool PassesWithTime(const Error& error) {
  return error.retryable || error.retry_delay || error.grpc_code == GrpcCode::kResourceExhausted;
}

// The exchange continues without this command: the identical call receives its result. Only
// `exchange` can make that call; the verifier of `login` is lost with it.
std::string_view Repeat(Command command) {
  switch (command) {
    case Command::kExchange:
      return "run the very same command again: it receives the result";
    case Command::kLogin:
      return "log in again";
    case Command::kOther:
      break;
  }
  return "run it again";
}

std::string_view MoreTime(Command command) {
  switch (command) {
    case Command::kExchange:
      return "run the very same command again, with more time (--timeout)";
    case Command::kLogin:
      return "log in again, with more time for each call (--timeout)";
    case Command::kOther:
      break;
  }
  return "run it again with more time (--timeout)";
}

std::string_view NotPermitted(const Error& error, Command command) {
  if (command == Command::kOther) return "show the request id to the gateway's operators";
  // A redirect with an `error` that has no advice of its own.
  if (error.reason == ErrorReason::kUnspecified && command == Command::kLogin) {
    return "check --site, and log in again";
  }
  return "start a new login; a code works once, and only with its own verifier";
}

}  // namespace

std::string_view ToAdvice(const Error& error, Command command) {
  if (MayBeSpent(error)) return "start a new login: this code cannot be relied on any more";
  if (const auto advice = OfThisMachine(error); !advice.empty()) return advice;
  if (const auto advice = OfTls(error); !advice.empty()) return advice;
  if (error.reason == ErrorReason::kExchangeInProgress) return Repeat(command);
  if (const auto advice = OfReason(error); !advice.empty()) return advice;
  if (error.reason == ErrorReason::kUnspecified) {
    if (const auto advice = OfRedirect(error); !advice.empty()) return advice;
    if (error.grpc_code == GrpcCode::kUnavailable) {
      return "check --gateway, and whether a gateway listens there";
    }
    if (error.grpc_code == GrpcCode::kUnimplemented) {
      return "check --gateway: the server at that address does not serve this call";
    }
  }
  switch (ToExitStatus(error)) {
    case ExitStatus::kUsage:
      return "correct what is named above and run it again";
    case ExitStatus::kUnavailable:
      if (!PassesWithTime(error)) break;
      if (error.retry_delay) {
        return command == Command::kLogin ? "log in again after the wait"
                                          : "try again after the wait";
      }
      return command == Command::kLogin ? "log in again later" : "try again later";
    case ExitStatus::kNotPermitted:
      return NotPermitted(error, command);
    case ExitStatus::kTimeout:
      return MoreTime(command);
    case ExitStatus::kInterrupted:
      return Repeat(command);
    case ExitStatus::kOk:
    case ExitStatus::kFailed:
    case ExitStatus::kAuthorizeAnew:
    case ExitStatus::kFile:
      break;
  }
  return error.request_id.empty() ? "show this to the gateway's operators"
                                  : "show the request id to the gateway's operators";
}

}  // namespace modelgates::oauth::cli
