#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace modelgates::oauth {

// The codes of gRPC (grpc/status.h), by their numbers.
enum class GrpcCode : int {
  kOk = 0,
  kCancelled = 1,
  kUnknown = 2,
  kInvalidArgument = 3,
  kDeadlineExceeded = 4,
  kNotFound = 5,
  kAlreadyExists = 6,
  kPermissionDenied = 7,
  kResourceExhausted = 8,
  kFailedPrecondition = 9,
  kAborted = 10,
  kOutOfRange = 11,
  kUnimplemented = 12,
  kInternal = 13,
  kUnavailable = 14,
  kDataLoss = 15,
  kUnauthenticated = 16,
};

// "INVALID_ARGUMENT"; "UNKNOWN" for a number that gRPC does not have.
std::string_view ToString(GrpcCode code);

// Why a call failed: the values of modelgates.oauth.v1.ErrorReason, which oauth.proto documents,
// and two values of this library.
enum class ErrorReason : int {
  // A reason that this library does not know, for example of a newer gateway. Its name is in
  // Error::reason_name.
  kUnrecognized = -1,
  // The error has no reason: gRPC itself failed (no gateway reached, deadline passed), or the
  // server is not a gateway.
  kUnspecified = 0,

  kFieldRequired = 1,
  kFieldInvalid = 2,
  kCallbackUrlNotAllowed = 3,
  kRetryConfigInvalid = 4,
  kCredentialMissing = 5,
  kCallerNotAllowed = 6,
  kGatewayOverloaded = 7,
  kGatewayDraining = 8,
  kUpstreamCircuitOpen = 9,
  kDeadlineTooShort = 10,
  kCallerCancelled = 11,
  kUpstreamDnsFailure = 12,
  kUpstreamConnectFailed = 13,
  kUpstreamTlsFailed = 14,
  kUpstreamTlsUntrusted = 15,
  kUpstreamRefusedStream = 16,
  kUpstreamReset = 17,
  kUpstreamResponseTruncated = 18,
  kUpstreamTimeout = 19,
  kExchangeOutcomeUnknown = 20,
  kDeadlineExceeded = 21,
  kExchangeInProgress = 22,
  kUpstreamResponseTooLarge = 23,
  kUpstreamResponseMalformed = 24,
  kUpstreamUnexpectedStatus = 25,
  kUpstreamRedirect = 26,
  kBadRequest = 27,
  kUnauthorized = 28,
  kPaymentRequired = 29,
  kForbidden = 30,
  kNotFound = 31,
  kUpstreamEndpointMissing = 32,
  kUpstreamMediaTypeRejected = 33,
  kUpstreamRequestTimeout = 34,
  kConflict = 35,
  kGone = 36,
  kPreconditionFailed = 37,
  kUnprocessable = 38,
  kRateLimited = 39,
  kLegalBlock = 40,
  kUpstreamClosedRequest = 41,
  kUpstreamClientError = 42,
  kInternalServer = 43,
  kUpstreamBadGateway = 44,
  kUpstreamUnavailable = 45,
  kUpstreamOverloaded = 46,
  kUpstreamServerError = 47,
  kExchangeStoreUnavailable = 48,
  kRequestMalformed = 49,
  kUpstreamBlocked = 50,
  kCallerLimitExceeded = 51,
  kExchangeAlreadyCompleted = 52,
};

// The name in the proto, e.g. "FIELD_REQUIRED"; "UNRECOGNIZED" for kUnrecognized and unknown
// values.
std::string_view ToString(ErrorReason reason);

// Where the cause of an error is.
enum class ErrorOrigin : uint8_t {
  kUnknown,    // the error does not say
  kGateway,    // the gateway's own state: overload, drain, breaker
  kUpstream,   // the upstream's answer
  kTransport,  // the connection to the upstream
  kCaller,     // the request, its deadline, its cancellation
};

// The state of an authorization code after a failed exchange; the values of
// UpstreamError.AuthCodeState.
enum class AuthCodeState : uint8_t {
  // Not known: the call was not an exchange, or the gateway did not answer. Repeating the identical
  // exchange is safe, because the gateway sends a code once.
  kUnspecified = 0,
  kUnsent = 1,    // not used: use it again
  kInFlight = 2,  // at the upstream, no answer yet: repeat the identical call
  kRejected = 3,  // the upstream refused it
  kSpent = 4,     // used, and there is no key for this call: start a new authorization
  kUnknown = 5,   // may have been used: start a new authorization
};

// The name in the proto, e.g. "UNSENT"; "UNSPECIFIED" for kUnspecified.
std::string_view ToString(AuthCodeState state);

// One wrong field of the request.
struct FieldViolation {
  std::string field{};        // as in oauth.proto, "callback_url"
  std::string description{};  // the rule that it violates
};

// A precondition that is not met, or a quota that is used up (google.rpc.PreconditionFailure,
// google.rpc.QuotaFailure).
struct Condition {
  std::string type{};  // empty for a quota
  std::string subject{};
  std::string description{};
};

struct HelpLink {
  std::string description{};
  std::string url{};
};

// One HTTP request to the upstream and its result.
struct UpstreamAttempt {
  std::optional<int> http_status{};  // absent: no answer
  std::string failure{};  // why there was no answer: "dns", "reset", ...; see oauth.proto
  std::chrono::nanoseconds started{};  // from the start of the call
  std::chrono::nanoseconds elapsed{};
};

// The upstream's answer: modelgates.oauth.v1.UpstreamError. Present when at least one attempt was
// made.
struct UpstreamAnswer {
  std::optional<int> http_status{};  // of the last answer; absent: there was none
  std::optional<int> code{};         // REST error.code
  std::string message{};             // REST error.message
  std::string metadata_json{};       // REST error.metadata, as JSON text; empty: none
  std::optional<std::string> user_id{};
  std::string content_type{};               // of an answer that was not a JSON error of the API
  std::string body{};                       // of such an answer, at most 1,024 bytes
  std::string request_id{};                 // the upstream's id of the last request
  std::vector<UpstreamAttempt> attempts{};  // oldest first, at most 10
  bool truncated = false;                   // something was cut to stay within the size limit
};

// Why a call failed. Read from the typed details of the error, never from the text of its message.
// Contains no secrets.
struct Error {
  ErrorReason reason = ErrorReason::kUnspecified;
  // The name of the reason as it was received, also if this library does not know the reason.
  std::string reason_name{};
  GrpcCode grpc_code = GrpcCode::kUnknown;
  // For people: what happened, then what to do. Lower-case start, no full stop.
  std::string message{};

  // true: repeat the identical call, after retry_delay if that is set. false: do not repeat it, or
  // the error does not say (then see AuthCodeState::kUnspecified).
  bool retryable = false;
  std::optional<std::chrono::milliseconds> retry_delay{};

  ErrorOrigin origin = ErrorOrigin::kUnknown;
  std::optional<int> http_status{};  // of the upstream's last answer
  int attempts = 0;                  // requests that went to the upstream
  AuthCodeState auth_code_state = AuthCodeState::kUnspecified;
  std::vector<FieldViolation> field_violations{};
  std::vector<Condition> failed_preconditions{};
  std::vector<Condition> exceeded_quotas{};
  std::vector<HelpLink> help{};
  // A text to show to the end user, and its language (BCP 47); empty: none.
  std::string user_message{};
  std::string user_message_locale{};
  std::string request_id{};           // id of the call in the gateway's log; empty: not known
  std::string upstream_request_id{};  // the upstream's id of the last request
  std::string upstream_message{};     // message of the upstream's last answer
  // Why the gateway did not retry further: "not_retryable", "attempts_exhausted",
  // "budget_exhausted", "deadline", "breaker_open", "retries_off", "unsafe_exchange".
  std::string stop_reason{};
  // The name of this error in the SDKs, e.g. "BadRequestResponseError".
  std::string sdk_error{};
  // For kUpstreamCircuitOpen: the failure that opened the circuit breaker.
  ErrorReason last_failure = ErrorReason::kUnspecified;
  std::optional<UpstreamAnswer> upstream{};
  // google.rpc.ErrorInfo.metadata as it was received, including what a newer gateway adds.
  std::map<std::string, std::string> metadata{};
};

// Prints one line: code, reason, message, request id.
std::ostream& operator<<(std::ostream& out, const Error& error);

}  // namespace modelgates::oauth
