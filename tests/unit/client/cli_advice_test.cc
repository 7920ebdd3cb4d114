#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "advice.h"

namespace modelgates::oauth::cli {
namespace {

constexpr Command kOther = Command::kOther;
constexpr Command kExchange = Command::kExchange;
constexpr Command kLogin = Command::kLogin;
using Reason = ErrorReason;

constexpr char kAnew[] = "start a new login: this code cannot be relied on any more";
constexpr char kOperators[] = "tell the gateway's operators to check its --upstream";
constexpr char kBearer[] =
    "give an API key with --bearer, or have the gateway's operators check theirs";
constexpr char kGateway[] = "check --gateway, and whether a gateway listens there";
constexpr char kNewCode[] = "start a new login; a code works once, and only with its own verifier";
constexpr char kId[] = "show the request id to the gateway's operators";

struct Row {
  Command command;
  GrpcCode code;
  Reason reason;
  const char* name;  // of a reason that is none of the gateway's
  const char* advice;
  bool retryable = false;
};

// Every `next:` line that there is.
const Row kRows[] = {
    // Found here
    {kOther, GrpcCode::kInvalidArgument, Reason::kFieldInvalid, "",
     "correct what is named above and run it again"},
    {kOther, GrpcCode::kInvalidArgument, Reason::kUnspecified, "USAGE",
     "modelgates-oauth help lists the commands, help COMMAND the flags of one"},
    {kExchange, GrpcCode::kFailedPrecondition, Reason::kUnspecified, "FILE",
     "check that the file can be read or written"},
    {kLogin, GrpcCode::kUnavailable, Reason::kUnspecified, "PORT",
     "give another --port, or none for any free port"},
    {kLogin, GrpcCode::kDeadlineExceeded, Reason::kUnspecified, "WAIT_OVER",
     "log in again, with more time for the browser (--wait)"},
    {kLogin, GrpcCode::kUnavailable, Reason::kUnspecified, "NOT_SERVING",
     "try again later, or with another --gateway"},
    {kExchange, GrpcCode::kCancelled, Reason::kUnspecified, "INTERRUPTED",
     "run it again: nothing was sent"},
    {kOther, GrpcCode::kUnavailable, Reason::kUnspecified, "CONNECTION_REFUSED", kGateway},
    {kLogin, GrpcCode::kUnavailable, Reason::kUnspecified, "NAME_NOT_FOUND",
     "check the host name in --gateway"},
    // TLS on one side only
    {kOther, GrpcCode::kUnavailable, Reason::kUnspecified, "TLS_NOT_SERVED",
     "leave out --tls and the flags that imply it (--ca-file, --client-cert-file), or check "
     "--gateway"},
    {kOther, GrpcCode::kUnavailable, Reason::kUnspecified, "TLS_PROBABLY_SERVED",
     "give --tls, or check --gateway"},
    {kOther, GrpcCode::kUnavailable, Reason::kUnspecified, "TLS_UNTRUSTED",
     "give the gateway's authority with --ca-file, and its name in --gateway"},
    {kOther, GrpcCode::kUnavailable, Reason::kUnspecified, "TLS_CERTIFICATE_MISSING",
     "give --client-cert-file and --client-key-file, or check --gateway"},
    // The page's answer
    {kLogin, GrpcCode::kPermissionDenied, Reason::kUnspecified, "access_denied",
     "log in again if that was a mistake"},
    {kLogin, GrpcCode::kPermissionDenied, Reason::kUnspecified, "server_error",
     "log in again later"},
    {kLogin, GrpcCode::kPermissionDenied, Reason::kUnspecified, "temporarily_unavailable",
     "log in again later"},
    {kLogin, GrpcCode::kPermissionDenied, Reason::kUnspecified, "invalid_scope",
     "check --site, and log in again"},
    // No gateway
    {kOther, GrpcCode::kUnavailable, Reason::kUnspecified, "", kGateway},
    {kLogin, GrpcCode::kUnavailable, Reason::kUnspecified, "", kGateway},
    {kExchange, GrpcCode::kUnimplemented, Reason::kUnspecified, "",
     "check --gateway: the server at that address does not serve this call"},
    // Time
    {kOther, GrpcCode::kDeadlineExceeded, Reason::kUnspecified, "",
     "run it again with more time (--timeout)"},
    {kOther, GrpcCode::kDeadlineExceeded, Reason::kDeadlineExceeded, "",
     "run it again with more time (--timeout)"},
    {kExchange, GrpcCode::kDeadlineExceeded, Reason::kUnspecified, "",
     "run the very same command again, with more time (--timeout)"},
    {kLogin, GrpcCode::kDeadlineExceeded, Reason::kUnspecified, "",
     "log in again, with more time for each call (--timeout)"},
    {kExchange, GrpcCode::kDeadlineExceeded, Reason::kDeadlineTooShort, "",
     "run it again with more time (--timeout)"},
    {kExchange, GrpcCode::kDeadlineExceeded, Reason::kExchangeInProgress, "",
     "run the very same command again: it receives the result"},
    {kLogin, GrpcCode::kDeadlineExceeded, Reason::kExchangeInProgress, "", "log in again"},
    // Interrupted: an exchange goes on at the gateway
    {kOther, GrpcCode::kCancelled, Reason::kUnspecified, "", "run it again"},
    {kExchange, GrpcCode::kCancelled, Reason::kUnspecified, "",
     "run the very same command again: it receives the result"},
    {kLogin, GrpcCode::kCancelled, Reason::kUnspecified, "", "log in again"},
    // Not permitted
    {kOther, GrpcCode::kUnauthenticated, Reason::kCredentialMissing, "", kBearer},
    {kExchange, GrpcCode::kUnauthenticated, Reason::kUnauthorized, "", kBearer},
    {kOther, GrpcCode::kPermissionDenied, Reason::kCallerNotAllowed, "",
     "ask the gateway's operators to let you in"},
    {kOther, GrpcCode::kResourceExhausted, Reason::kCallerLimitExceeded, "",
     "call less often, or ask the gateway's operators for a larger share"},
    {kOther, GrpcCode::kPermissionDenied, Reason::kForbidden, "", kId},
    {kExchange, GrpcCode::kPermissionDenied, Reason::kForbidden, "", kNewCode},
    {kLogin, GrpcCode::kPermissionDenied, Reason::kForbidden, "", kNewCode},
    // The gateway's configuration
    {kExchange, GrpcCode::kPermissionDenied, Reason::kUpstreamBlocked, "", kOperators},
    {kOther, GrpcCode::kUnavailable, Reason::kUpstreamTlsUntrusted, "", kOperators},
    {kOther, GrpcCode::kFailedPrecondition, Reason::kUpstreamRedirect, "", kOperators},
    {kOther, GrpcCode::kNotFound, Reason::kUpstreamEndpointMissing, "", kOperators},
    // The rest
    {kOther, GrpcCode::kFailedPrecondition, Reason::kPaymentRequired, "",
     "add credit to the account"},
    {kExchange, GrpcCode::kResourceExhausted, Reason::kRateLimited, "", "try again later"},
    {kLogin, GrpcCode::kUnavailable, Reason::kGatewayOverloaded, "", "log in again later", true},
    {kOther, GrpcCode::kUnavailable, Reason::kUpstreamCircuitOpen, "", "try again later", true},
    // Final, whatever UNAVAILABLE suggests
    {kOther, GrpcCode::kUnavailable, Reason::kUpstreamUnavailable, "", kId},
    {kLogin, GrpcCode::kUnavailable, Reason::kUpstreamConnectFailed, "", kId},
    {kOther, GrpcCode::kInternal, Reason::kInternalServer, "", kId},
};

Error ErrorOf(const Row& row) {
  Error error;
  error.grpc_code = row.code;
  error.reason = row.reason;
  error.retryable = row.retryable;
  error.reason_name =
      row.reason == Reason::kUnspecified ? row.name : std::string(ToString(row.reason));
  error.request_id = "request-1";
  return error;
}

TEST(Advice, FollowsFromWhatWentWrongAndWhatWasDone) {
  for (const Row& row : kRows) {
    EXPECT_EQ(ToAdvice(ErrorOf(row), row.command), row.advice) << ErrorOf(row);
  }
}

TEST(Advice, IsANewLoginWhereverACodeMayBeSpent) {
  for (const Row& row : kRows) {
    for (const AuthCodeState state : {AuthCodeState::kSpent, AuthCodeState::kUnknown}) {
      Error error = ErrorOf(row);
      error.auth_code_state = state;
      EXPECT_EQ(ToAdvice(error, row.command), kAnew) << error;
    }
  }
}

// The upstream named a wait, and the gateway has tried often enough.
TEST(Advice, IsToWaitWhereAWaitIsKnown) {
  Error error = ErrorOf({kOther, GrpcCode::kUnavailable, Reason::kUpstreamUnavailable, "", ""});
  error.retry_delay = std::chrono::seconds(60);
  EXPECT_EQ(ToAdvice(error, kOther), "try again after the wait");
  EXPECT_EQ(ToAdvice(error, kLogin), "log in again after the wait");
}

TEST(Advice, SpeaksOfNoRequestIdWhereThereIsNone) {
  Error error = ErrorOf({kOther, GrpcCode::kInternal, Reason::kInternalServer, "", ""});
  error.request_id = "";
  EXPECT_EQ(ToAdvice(error, kOther), "show this to the gateway's operators");
}

// --wait and --port are flags of `login` alone.
TEST(Advice, NamesOnlyFlagsOfTheCommand) {
  for (int reason = 0; reason < 80; ++reason) {
    for (int code = 1; code <= 16; ++code) {
      for (const Command command : {kOther, kExchange}) {
        const Error error =
            ErrorOf({command, static_cast<GrpcCode>(code), static_cast<Reason>(reason), "", ""});
        const std::string advice(ToAdvice(error, command));
        EXPECT_THAT(advice, testing::Not(testing::ContainsRegex("--(wait|port|site)"))) << error;
        EXPECT_NE(advice, "");
      }
    }
  }
}

}  // namespace
}  // namespace modelgates::oauth::cli
