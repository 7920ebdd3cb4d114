#include "modelgates/oauth/error.h"

#include <cstdlib>
#include <iostream>

#include "modelgates/oauth/result.h"

namespace modelgates::oauth {

std::string_view ToString(GrpcCode code) {
  switch (code) {
    case GrpcCode::kOk:
      return "OK";
    case GrpcCode::kCancelled:
      return "CANCELLED";
    case GrpcCode::kUnknown:
      return "UNKNOWN";
    case GrpcCode::kInvalidArgument:
      return "INVALID_ARGUMENT";
    case GrpcCode::kDeadlineExceeded:
      return "DEADLINE_EXCEEDED";
    case GrpcCode::kNotFound:
      return "NOT_FOUND";
    case GrpcCode::kAlreadyExists:
      return "ALREADY_EXISTS";
    case GrpcCode::kPermissionDenied:
      return "PERMISSION_DENIED";
    case GrpcCode::kResourceExhausted:
      return "RESOURCE_EXHAUSTED";
    case GrpcCode::kFailedPrecondition:
      return "FAILED_PRECONDITION";
    case GrpcCode::kAborted:
      return "ABORTED";
    case GrpcCode::kOutOfRange:
      return "OUT_OF_RANGE";
    case GrpcCode::kUnimplemented:
      return "UNIMPLEMENTED";
    case GrpcCode::kInternal:
      return "INTERNAL";
    case GrpcCode::kUnavailable:
      return "UNAVAILABLE";
    case GrpcCode::kDataLoss:
      return "DATA_LOSS";
    case GrpcCode::kUnauthenticated:
      return "UNAUTHENTICATED";
  }
  return "UNKNOWN";
}

std::string_view ToString(ErrorReason reason) {
  switch (reason) {
    case ErrorReason::kUnrecognized:
      break;
    case ErrorReason::kUnspecified:
      return "ERROR_REASON_UNSPECIFIED";
    case ErrorReason::kFieldRequired:
      return "FIELD_REQUIRED";
    case ErrorReason::kFieldInvalid:
      return "FIELD_INVALID";
    case ErrorReason::kCallbackUrlNotAllowed:
      return "CALLBACK_URL_NOT_ALLOWED";
    case ErrorReason::kRetryConfigInvalid:
      return "RETRY_CONFIG_INVALID";
    case ErrorReason::kCredentialMissing:
      return "CREDENTIAL_MISSING";
    case ErrorReason::kCallerNotAllowed:
      return "CALLER_NOT_ALLOWED";
    case ErrorReason::kGatewayOverloaded:
      return "GATEWAY_OVERLOADED";
    case ErrorReason::kGatewayDraining:
      return "GATEWAY_DRAINING";
    case ErrorReason::kUpstreamCircuitOpen:
      return "UPSTREAM_CIRCUIT_OPEN";
    case ErrorReason::kDeadlineTooShort:
      return "DEADLINE_TOO_SHORT";
    case ErrorReason::kCallerCancelled:
      return "CALLER_CANCELLED";
    case ErrorReason::kUpstreamDnsFailure:
      return "UPSTREAM_DNS_FAILURE";
    case ErrorReason::kUpstreamConnectFailed:
      return "UPSTREAM_CONNECT_FAILED";
    case ErrorReason::kUpstreamTlsFailed:
      return "UPSTREAM_TLS_FAILED";
    case ErrorReason::kUpstreamTlsUntrusted:
      return "UPSTREAM_TLS_UNTRUSTED";
    case ErrorReason::kUpstreamRefusedStream:
      return "UPSTREAM_REFUSED_STREAM";
    case ErrorReason::kUpstreamReset:
      return "UPSTREAM_RESET";
    case ErrorReason::kUpstreamResponseTruncated:
      return "UPSTREAM_RESPONSE_TRUNCATED";
    case ErrorReason::kUpstreamTimeout:
      return "UPSTREAM_TIMEOUT";
    case ErrorReason::kExchangeOutcomeUnknown:
      return "EXCHANGE_OUTCOME_UNKNOWN";
    case ErrorReason::kDeadlineExceeded:
      return "DEADLINE_EXCEEDED";
    case ErrorReason::kExchangeInProgress:
      return "EXCHANGE_IN_PROGRESS";
    case ErrorReason::kUpstreamResponseTooLarge:
      return "UPSTREAM_RESPONSE_TOO_LARGE";
    case ErrorReason::kUpstreamResponseMalformed:
      return "UPSTREAM_RESPONSE_MALFORMED";
    case ErrorReason::kUpstreamUnexpectedStatus:
      return "UPSTREAM_UNEXPECTED_STATUS";
    case ErrorReason::kUpstreamRedirect:
      return "UPSTREAM_REDIRECT";
    case ErrorReason::kBadRequest:
      return "BAD_REQUEST";
    case ErrorReason::kUnauthorized:
      return "UNAUTHORIZED";
    case ErrorReason::kPaymentRequired:
      return "PAYMENT_REQUIRED";
    case ErrorReason::kForbidden:
      return "FORBIDDEN";
    case ErrorReason::kNotFound:
      return "NOT_FOUND";
    case ErrorReason::kUpstreamEndpointMissing:
      return "UPSTREAM_ENDPOINT_MISSING";
    case ErrorReason::kUpstreamMediaTypeRejected:
      return "UPSTREAM_MEDIA_TYPE_REJECTED";
    case ErrorReason::kUpstreamRequestTimeout:
      return "UPSTREAM_REQUEST_TIMEOUT";
    case ErrorReason::kConflict:
      return "CONFLICT";
    case ErrorReason::kGone:
      return "GONE";
    case ErrorReason::kPreconditionFailed:
      return "PRECONDITION_FAILED";
    case ErrorReason::kUnprocessable:
      return "UNPROCESSABLE";
    case ErrorReason::kRateLimited:
      return "RATE_LIMITED";
    case ErrorReason::kLegalBlock:
      return "LEGAL_BLOCK";
    case ErrorReason::kUpstreamClosedRequest:
      return "UPSTREAM_CLOSED_REQUEST";
    case ErrorReason::kUpstreamClientError:
      return "UPSTREAM_CLIENT_ERROR";
    case ErrorReason::kInternalServer:
      return "INTERNAL_SERVER";
    case ErrorReason::kUpstreamBadGateway:
      return "UPSTREAM_BAD_GATEWAY";
    case ErrorReason::kUpstreamUnavailable:
      return "UPSTREAM_UNAVAILABLE";
    case ErrorReason::kUpstreamOverloaded:
      return "UPSTREAM_OVERLOADED";
    case ErrorReason::kUpstreamServerError:
      return "UPSTREAM_SERVER_ERROR";
    case ErrorReason::kExchangeStoreUnavailable:
      return "EXCHANGE_STORE_UNAVAILABLE";
    case ErrorReason::kRequestMalformed:
      return "REQUEST_MALFORMED";
    case ErrorReason::kUpstreamBlocked:
      return "UPSTREAM_BLOCKED";
    case ErrorReason::kExchangeAlreadyCompleted:
      return "EXCHANGE_ALREADY_COMPLETED";
  }
  return "UNRECOGNIZED";
}

std::string_view ToString(AuthCodeState state) {
  switch (state) {
    case AuthCodeState::kUnspecified:
      break;
    case AuthCodeState::kUnsent:
      return "UNSENT";
    case AuthCodeState::kInFlight:
      return "IN_FLIGHT";
    case AuthCodeState::kRejected:
      return "REJECTED";
    case AuthCodeState::kSpent:
      return "SPENT";
    case AuthCodeState::kUnknown:
      return "UNKNOWN";
  }
  return "UNSPECIFIED";
}

std::ostream& operator<<(std::ostream& out, const Error& error) {
  out << ToString(error.grpc_code);
  if (!error.reason_name.empty()) out << ' ' << error.reason_name;
  out << ": " << error.message;
  if (!error.request_id.empty()) out << " (request id " << error.request_id << ')';
  return out;
}

void AbortOnError(const Error& error) {
  std::cerr << "modelgates::oauth::Result: " << error << std::endl;
  std::abort();
}

}  // namespace modelgates::oauth
