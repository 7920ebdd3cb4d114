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

// Why a call failed: the values of modelgates.oauth.v1.ErrorReason, whose comments in oauth.proto
// tell when each of them comes, and two of this library's own.
enum class ErrorReason : int {
  // A reason that this library does not know: of a newer gateway, or of something between.
  // Error::reason_name has it.
  kUnrecognized = -1,
  // No reason came: gRPC itself failed (no gateway to be reached, the deadline passed on the way),
  // or what answered is no gateway.
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
  kExchangeAlreadyCompleted = 52,
};

// The name in the proto, "FIELD_REQUIRED"; "UNRECOGNIZED" for kUnrecognized and for what is none.
std::string_view ToString(ErrorReason reason);

// Who is the cause.
enum class ErrorOrigin : uint8_t {
  kUnknown,    // nobody said
  kGateway,    // the gateway's own state: overload, drain, breaker
  kUpstream,   // the upstream's answer
  kTransport,  // the way to the upstream
  kCaller,     // the request, its deadline, its cancellation
};

// What is known of an authorization code after a failed exchange; values of
// UpstreamError.AuthCodeState.
enum class AuthCodeState : uint8_t {
  // Nobody said: no exchange, or no answer of the gateway. Repeating the identical exchange is safe
  // all the same: the gateway sends a code once.
  kUnspecified = 0,
  kUnsent = 1,    // never looked at: use it again
  kInFlight = 2,  // the upstream has it: repeat the identical call
  kRejected = 3,  // the upstream refused it
  kSpent = 4,     // used, and the key could not be read: authorize anew
  kUnknown = 5,   // may have been used: authorize anew
};

// "UNSENT"; "UNSPECIFIED" for kUnspecified.
std::string_view ToString(AuthCodeState state);

// One wrong field of the request.
struct FieldViolation {
  std::string field{};        // as in oauth.proto, "callback_url"
  std::string description{};  // the rule that it breaks
};

// What has to be true, or which quota is used up, for the call to succeed
// (google.rpc.PreconditionFailure, google.rpc.QuotaFailure).
struct Condition {
  std::string type{};  // empty for a quota
  std::string subject{};
  std::string description{};
};

struct HelpLink {
  std::string description{};
  std::string url{};
};

// One HTTP request to the upstream and how it ended.
struct UpstreamAttempt {
  std::optional<int> http_status{};    // absent: no answer
  std::string failure{};               // why there was none: "dns", "reset", ...; see oauth.proto
  std::chrono::nanoseconds started{};  // from the start of the call
  std::chrono::nanoseconds elapsed{};
};

// What the upstream said: modelgates.oauth.v1.UpstreamError, present when at least one attempt was
// made.
struct UpstreamAnswer {
  std::optional<int> http_status{};  // of the last answer; absent: there was none
  std::optional<int> code{};         // REST error.code
  std::string message{};             // REST error.message
  std::string metadata_json{};       // REST error.metadata, as JSON text; empty: none
  std::optional<std::string> user_id{};
  std::string content_type{};               // of an answer that was no JSON error of the API
  std::string body{};                       // likewise, cleaned and cut
  std::string request_id{};                 // the upstream's own id of the last request
  std::vector<UpstreamAttempt> attempts{};  // oldest first, at most 10
  bool truncated = false;                   // something was left out to fit into the reply
};

// Why a call failed. Read from the typed details of the reply, never from the text of its message.
// Holds no secret: the gateway leaves them out of all that it says.
struct Error {
  ErrorReason reason = ErrorReason::kUnspecified;
  // The name as it came; the only place of a reason that this library does not know.
  std::string reason_name{};
  GrpcCode grpc_code = GrpcCode::kUnknown;
  // For people: what happened, then what to do. Lower-case start, no full stop.
  std::string message{};

  // Repeating this very call makes sense, after retry_delay if it is there. False also when nobody
  // said: see AuthCodeState::kUnspecified.
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
  // Fit to be shown to the end user, in the language of its locale (BCP 47).
  std::string user_message{};
  std::string user_message_locale{};
  std::string request_id{};  // of the call, in the gateway's log; empty when it is not known
  std::string upstream_request_id{};  // the same at the upstream
  std::string upstream_message{};     // what the upstream said in words
  // Why the gateway stopped: "not_retryable", "attempts_exhausted", "budget_exhausted", "deadline",
  // "breaker_open", "retries_off", "unsafe_exchange".
  std::string stop_reason{};
  // The name that this error has in the SDKs, "BadRequestResponseError".
  std::string sdk_error{};
  // With kUpstreamCircuitOpen: why the upstream is held to be down.
  ErrorReason last_failure = ErrorReason::kUnspecified;
  std::optional<UpstreamAnswer> upstream{};
  // google.rpc.ErrorInfo.metadata as it came, so that what a newer gateway adds can be read.
  std::map<std::string, std::string> metadata{};
};

// One line: code, reason, message, request id.
std::ostream& operator<<(std::ostream& out, const Error& error);

}  // namespace modelgates::oauth
