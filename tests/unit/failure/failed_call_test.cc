#include "failure/failed_call.h"

#include <gtest/gtest.h>

#include <chrono>

#include "unit/failure/failed_support.h"

namespace modelgates::gateway {
namespace {

namespace v1 = modelgates::oauth::v1;
using absl::StatusCode;
using UE = v1::UpstreamError;
using namespace std::chrono_literals;

constexpr auto kCreate = Rpc::kCreateAuthCode;
constexpr auto kExchange = Rpc::kExchangeAuthCode;

struct LocalCase {
  std::string name;
  ErrorReason reason;
  StatusCode code;
  StopReason stop;
  bool retryable = false;
  std::optional<std::chrono::milliseconds> retry_delay{};
  AuthCodeState state = UE::UNSENT;
};

class FailLocallyTest : public testing::TestWithParam<LocalCase> {};

TEST_P(FailLocallyTest, SaysWhetherToRepeat) {
  const LocalCase& row = GetParam();
  for (const Rpc rpc : {kCreate, kExchange}) {
    const FailedCall failed = FailLocally(rpc, row.reason);
    EXPECT_EQ(failed.reason, row.reason);
    EXPECT_EQ(failed.code, row.code);
    EXPECT_EQ(failed.stop, row.stop);
    EXPECT_EQ(failed.retryable, row.retryable);
    EXPECT_EQ(failed.retry_delay, row.retry_delay);
    EXPECT_EQ(failed.auth_code_state,
              rpc == kExchange ? row.state : UE::AUTH_CODE_STATE_UNSPECIFIED);
    EXPECT_EQ(failed.attempts, 0);
  }
}

constexpr auto kNotRetryable = StopReason::kNotRetryable;
constexpr auto kDeadline = StopReason::kDeadline;

INSTANTIATE_TEST_SUITE_P(
    Reasons, FailLocallyTest,
    testing::Values(
        LocalCase{"RequestMalformed", v1::REQUEST_MALFORMED, StatusCode::kInvalidArgument,
                  kNotRetryable},
        LocalCase{"FieldRequired", v1::FIELD_REQUIRED, StatusCode::kInvalidArgument, kNotRetryable},
        LocalCase{"CredentialMissing", v1::CREDENTIAL_MISSING, StatusCode::kUnauthenticated,
                  kNotRetryable},
        LocalCase{"CallerNotAllowed", v1::CALLER_NOT_ALLOWED, StatusCode::kPermissionDenied,
                  kNotRetryable},
        LocalCase{"CallerLimitExceeded", v1::CALLER_LIMIT_EXCEEDED, StatusCode::kResourceExhausted,
                  kNotRetryable, true, 1000ms},
        LocalCase{"Overloaded", v1::GATEWAY_OVERLOADED, StatusCode::kUnavailable, kNotRetryable,
                  true, 1000ms},
        LocalCase{"Draining", v1::GATEWAY_DRAINING, StatusCode::kUnavailable, kNotRetryable, true,
                  0ms},
        LocalCase{"BreakerOpen", v1::UPSTREAM_CIRCUIT_OPEN, StatusCode::kUnavailable,
                  StopReason::kBreakerOpen, true},
        LocalCase{"TooShort", v1::DEADLINE_TOO_SHORT, StatusCode::kDeadlineExceeded, kDeadline},
        LocalCase{"Deadline", v1::DEADLINE_EXCEEDED, StatusCode::kDeadlineExceeded, kDeadline},
        LocalCase{"InProgress", v1::EXCHANGE_IN_PROGRESS, StatusCode::kDeadlineExceeded, kDeadline,
                  true, 500ms, UE::IN_FLIGHT},
        LocalCase{"Cancelled", v1::CALLER_CANCELLED, StatusCode::kCancelled, kNotRetryable}),
    [](const auto& row) { return row.param.name; });

TEST(FailValidation, TakesTheFirstReasonOfTheCatalogueAndKeepsAllViolations) {
  const std::vector<Violation> violations = {{"retries", "r", v1::RETRY_CONFIG_INVALID},
                                             {"callback_url", "c", v1::CALLBACK_URL_NOT_ALLOWED},
                                             {"limit", "l", v1::FIELD_INVALID}};
  const FailedCall failed = FailValidation(kCreate, violations);
  EXPECT_EQ(failed.reason, v1::FIELD_INVALID);
  EXPECT_EQ(failed.code, StatusCode::kInvalidArgument);
  EXPECT_FALSE(failed.retryable);
  ASSERT_EQ(failed.violations.size(), 3u);
  EXPECT_EQ(failed.violations[0].field, "retries");
}

// When a call may be repeated after a known wait.
struct RetryableCase {
  std::string name;
  Rpc rpc;
  int status;
  StopReason stop;
  bool retry_after;
  bool retryable;
};

class RetryableTest : public testing::TestWithParam<RetryableCase> {};

TEST_P(RetryableTest, FollowsFromTheAnswerAndTheStop) {
  const RetryableCase& row = GetParam();
  HttpResponse response = JsonError(row.status);
  if (row.retry_after) response.retry_after = "7";
  Outcome outcome = OutcomeOf(response, row.stop);
  if (row.retry_after) outcome.retry_after = 7000ms;
  const FailedCall failed = FailUpstream(row.rpc, outcome);
  EXPECT_EQ(failed.retryable, row.retryable);
  EXPECT_EQ(failed.stop, row.stop);
  EXPECT_EQ(failed.attempts, 1);
  EXPECT_EQ(failed.outcome, &outcome);
  EXPECT_EQ(failed.retry_delay, outcome.retry_after);
}

constexpr auto kExhausted = StopReason::kAttemptsExhausted;
constexpr auto kBudget = StopReason::kBudgetExhausted;
constexpr auto kBreaker = StopReason::kBreakerOpen;
constexpr auto kOff = StopReason::kRetriesOff;
constexpr auto kUnsafe = StopReason::kUnsafeExchange;

INSTANTIATE_TEST_SUITE_P(
    Calls, RetryableTest,
    testing::Values(
        RetryableCase{"WaitTooLong", kCreate, 429, kDeadline, true, true},
        RetryableCase{"WaitTooLongOfExchange", kExchange, 429, kDeadline, true, true},
        RetryableCase{"WaitTooLong503", kCreate, 503, kDeadline, true, true},
        RetryableCase{"WaitTooLong503OfExchange", kExchange, 503, kDeadline, true, true},
        RetryableCase{"WaitTooLong529OfExchange", kExchange, 529, kDeadline, true, true},
        RetryableCase{"RetriesOff", kCreate, 429, kOff, true, true},
        RetryableCase{"NotAmongTheCallsStatuses", kCreate, 429, kNotRetryable, true, true},
        RetryableCase{"NoWaitKnown", kCreate, 429, kDeadline, false, false},
        RetryableCase{"NoWaitKnownRetriesOff", kCreate, 503, kOff, false, false},
        RetryableCase{"AttemptsSpent", kCreate, 429, kExhausted, true, false},
        RetryableCase{"AttemptsSpentOfExchange", kExchange, 429, kExhausted, true, false},
        RetryableCase{"BudgetSpent", kCreate, 503, kBudget, true, false},
        RetryableCase{"BudgetSpentOfExchange", kExchange, 503, kBudget, true, false},
        RetryableCase{"BreakerOpen", kCreate, 500, kBreaker, true, true},
        RetryableCase{"BreakerOpenOfACallsOwnStatus", kCreate, 409, kBreaker, true, true},
        RetryableCase{"BreakerOpenOfExchange", kExchange, 429, kBreaker, true, true},
        RetryableCase{"UnsafeExchange", kExchange, 500, kUnsafe, true, false},
        RetryableCase{"UnsafeExchange502", kExchange, 502, kDeadline, true, false},
        RetryableCase{"PermanentWithRetryAfter", kCreate, 409, kNotRetryable, true, false},
        RetryableCase{"Unauthorized", kCreate, 401, kNotRetryable, true, false},
        RetryableCase{"Forbidden", kExchange, 403, kNotRetryable, false, false}),
    [](const auto& row) { return row.param.name; });

// What an exchange's last result means after an attempt whose outcome is unknown.
struct AfterUnknownCase {
  std::string name;
  HttpResult last;
  ErrorReason alone;       // when it was the first
  ErrorReason afterwards;  // after the unknown one
  AuthCodeState state;     // afterwards
};

class AfterUnknownTest : public testing::TestWithParam<AfterUnknownCase> {
 protected:
  static AttemptRecord Unknown() {
    return RecordOf(TransportError{TransportFailure::kReset, Delivery::kMaybe}, true);
  }
  static AttemptRecord Refused() {
    return RecordOf(TransportError{TransportFailure::kConnect, Delivery::kNever});
  }
};

TEST_P(AfterUnknownTest, NeverTakesTheFirstAttemptBack) {
  Outcome outcome = OutcomeOf(GetParam().last, kNotRetryable, {Refused(), Unknown()});
  outcome.retry_after = 1000ms;
  const FailedCall failed = FailUpstream(kExchange, outcome);
  EXPECT_EQ(failed.reason, GetParam().afterwards);
  EXPECT_EQ(failed.auth_code_state, GetParam().state);
  EXPECT_EQ(failed.attempts, 3);
  EXPECT_FALSE(failed.retryable);
  if (GetParam().afterwards == v1::EXCHANGE_OUTCOME_UNKNOWN) {
    EXPECT_EQ(failed.code, StatusCode::kAborted);
    EXPECT_EQ(failed.retry_delay, std::nullopt);
  }
}

TEST_P(AfterUnknownTest, JudgesTheLastAttemptAloneOtherwise) {
  for (const std::vector<AttemptRecord>& earlier :
       {std::vector<AttemptRecord>{}, std::vector<AttemptRecord>{Refused(), Refused()}}) {
    const Outcome outcome = OutcomeOf(GetParam().last, kNotRetryable, earlier);
    EXPECT_EQ(FailUpstream(kExchange, outcome).reason, GetParam().alone);
  }
}

TEST_P(AfterUnknownTest, MeansNothingToACreate) {
  const Outcome outcome = OutcomeOf(GetParam().last, kNotRetryable, {Unknown()});
  const FailedCall failed = FailUpstream(kCreate, outcome);
  EXPECT_NE(failed.reason, v1::EXCHANGE_OUTCOME_UNKNOWN);
  EXPECT_EQ(failed.auth_code_state, UE::AUTH_CODE_STATE_UNSPECIFIED);
}

constexpr auto kLost = v1::EXCHANGE_OUTCOME_UNKNOWN;

INSTANTIATE_TEST_SUITE_P(
    Results, AfterUnknownTest,
    testing::Values(
        AfterUnknownCase{"S400", JsonError(400), v1::BAD_REQUEST, kLost, UE::UNKNOWN},
        AfterUnknownCase{"S401", JsonError(401), v1::UNAUTHORIZED, kLost, UE::UNKNOWN},
        AfterUnknownCase{"S403", JsonError(403), v1::FORBIDDEN, kLost, UE::UNKNOWN},
        AfterUnknownCase{"S404", JsonError(404), v1::NOT_FOUND, kLost, UE::UNKNOWN},
        AfterUnknownCase{"S410", JsonError(410), v1::GONE, kLost, UE::UNKNOWN},
        AfterUnknownCase{"S403Html", HtmlPage(403, "x"), v1::UPSTREAM_BLOCKED, kLost, UE::UNKNOWN},
        AfterUnknownCase{"S402", JsonError(402), v1::PAYMENT_REQUIRED, v1::PAYMENT_REQUIRED,
                         UE::UNKNOWN},
        AfterUnknownCase{"S409", JsonError(409), v1::CONFLICT, v1::CONFLICT, UE::UNKNOWN},
        AfterUnknownCase{"S429", JsonError(429), v1::RATE_LIMITED, kLost, UE::UNKNOWN},
        AfterUnknownCase{"S500", JsonError(500), v1::INTERNAL_SERVER, v1::INTERNAL_SERVER,
                         UE::UNKNOWN},
        AfterUnknownCase{"S200", HtmlPage(200, ""), v1::UPSTREAM_RESPONSE_MALFORMED,
                         v1::UPSTREAM_RESPONSE_MALFORMED, UE::SPENT},
        AfterUnknownCase{"Connect", TransportError{TransportFailure::kConnect, Delivery::kNever},
                         v1::UPSTREAM_CONNECT_FAILED, kLost, UE::UNKNOWN}),
    [](const auto& row) { return row.param.name; });

TEST(FailUpstream, DoesNotBlameTheLastAttemptForItsOwnUnknownOutcome) {
  Outcome outcome = OutcomeOf(JsonError(403));
  outcome.attempts.back().outcome_unknown = true;
  EXPECT_EQ(FailUpstream(kExchange, outcome).reason, v1::FORBIDDEN);
}

struct DeadlineCase {
  std::string name;
  Delivery delivery;
  StopReason stop;
  ErrorReason create;
  ErrorReason exchange;
  AuthCodeState state;
};

class DeadlineTest : public testing::TestWithParam<DeadlineCase> {};

TEST_P(DeadlineTest, IsToldFromAnAttemptTimeout) {
  const DeadlineCase& row = GetParam();
  const Outcome outcome =
      OutcomeOf(TransportError{TransportFailure::kTimeout, row.delivery}, row.stop);
  const FailedCall create = FailUpstream(kCreate, outcome);
  EXPECT_EQ(create.reason, row.create);
  EXPECT_EQ(create.code, row.create == v1::DEADLINE_EXCEEDED ? StatusCode::kDeadlineExceeded
                                                             : StatusCode::kUnavailable);
  EXPECT_EQ(create.stop, row.stop);
  EXPECT_FALSE(create.retryable);
  const FailedCall exchange = FailUpstream(kExchange, outcome);
  EXPECT_EQ(exchange.reason, row.exchange);
  EXPECT_EQ(exchange.auth_code_state, row.state);
  EXPECT_FALSE(exchange.retryable);
}

INSTANTIATE_TEST_SUITE_P(
    Timeouts, DeadlineTest,
    testing::Values(DeadlineCase{"DeadlineUnsent", Delivery::kNever, kDeadline,
                                 v1::DEADLINE_EXCEEDED, v1::DEADLINE_EXCEEDED, UE::UNSENT},
                    DeadlineCase{"DeadlineSent", Delivery::kMaybe, kDeadline, v1::DEADLINE_EXCEEDED,
                                 kLost, UE::UNKNOWN},
                    DeadlineCase{"AttemptsUnsent", Delivery::kNever, kExhausted,
                                 v1::UPSTREAM_TIMEOUT, v1::UPSTREAM_TIMEOUT, UE::UNSENT},
                    DeadlineCase{"AttemptsSent", Delivery::kMaybe, kExhausted, v1::UPSTREAM_TIMEOUT,
                                 kLost, UE::UNKNOWN},
                    DeadlineCase{"RetriesOff", Delivery::kMaybe, kOff, v1::UPSTREAM_TIMEOUT, kLost,
                                 UE::UNKNOWN}),
    [](const auto& row) { return row.param.name; });

TEST(FailUpstream, CallsNoAttemptAtAllTheDeadline) {
  const Outcome nothing;
  for (const Rpc rpc : {kCreate, kExchange}) {
    const FailedCall failed = FailUpstream(rpc, nothing);
    EXPECT_EQ(failed.reason, v1::DEADLINE_EXCEEDED);
    EXPECT_EQ(failed.attempts, 0);
  }
}

TEST(FailUpstream, CallsNoAttemptAtAllTheBreakerWhenThatRefusedIt) {
  Outcome refused;
  refused.stop = kBreaker;
  refused.retry_after = 420ms;
  refused.breaker_failure = v1::UPSTREAM_BAD_GATEWAY;
  for (const Rpc rpc : {kCreate, kExchange}) {
    const FailedCall failed = FailUpstream(rpc, refused);
    EXPECT_EQ(failed.reason, v1::UPSTREAM_CIRCUIT_OPEN);
    EXPECT_EQ(failed.code, StatusCode::kUnavailable);
    EXPECT_EQ(failed.stop, kBreaker);
    EXPECT_TRUE(failed.retryable);
    EXPECT_EQ(failed.retry_delay, 420ms);
    EXPECT_EQ(failed.breaker_failure, v1::UPSTREAM_BAD_GATEWAY);
    EXPECT_EQ(failed.attempts, 0);
    EXPECT_EQ(failed.auth_code_state,
              rpc == kExchange ? UE::UNSENT : UE::AUTH_CODE_STATE_UNSPECIFIED);
  }
}

// Refused at its retry, a call ends with what it has learned, and may be repeated after the wait.
TEST(FailUpstream, LetsTheLastResultDecideWhenTheBreakerRefusedARetry) {
  for (const HttpResult& last :
       {HttpResult(JsonError(429)),
        HttpResult(TransportError{TransportFailure::kConnect, Delivery::kNever})}) {
    Outcome outcome = OutcomeOf(last, kBreaker);
    outcome.retry_after = 420ms;
    outcome.breaker_failure = v1::UPSTREAM_BAD_GATEWAY;
    for (const Rpc rpc : {kCreate, kExchange}) {
      const FailedCall failed = FailUpstream(rpc, outcome);
      EXPECT_NE(failed.reason, v1::UPSTREAM_CIRCUIT_OPEN);
      EXPECT_EQ(failed.stop, kBreaker);
      EXPECT_TRUE(failed.retryable);
      EXPECT_EQ(failed.retry_delay, 420ms);
      EXPECT_EQ(failed.breaker_failure, v1::ERROR_REASON_UNSPECIFIED);
      EXPECT_EQ(failed.attempts, 1);
    }
  }
}

TEST(FailUpstream, NeverCallsAnUnknownOutcomeRetryableWhateverTheBreakerSays) {
  Outcome outcome = OutcomeOf(TransportError{TransportFailure::kReset, Delivery::kMaybe}, kBreaker);
  outcome.retry_after = 420ms;
  const FailedCall failed = FailUpstream(kExchange, outcome);
  EXPECT_EQ(failed.reason, kLost);
  EXPECT_FALSE(failed.retryable);
  EXPECT_EQ(failed.retry_delay, std::nullopt);
}

// A recovery was due and is not made, so nobody will know.
TEST(FailUpstream, CallsARecoveryThatWasRefusedAnUnknownOutcome) {
  for (const StopReason stop : {kBreaker, StopReason::kBudgetExhausted}) {
    Outcome outcome = OutcomeOf(JsonError(500), stop);
    outcome.retry_after = 420ms;
    const FailedCall failed = FailUpstream(kExchange, outcome);
    EXPECT_EQ(failed.reason, kLost);
    EXPECT_EQ(failed.code, absl::StatusCode::kAborted);
    EXPECT_EQ(failed.auth_code_state, UE::UNKNOWN);
    EXPECT_FALSE(failed.retryable);
    EXPECT_EQ(FailUpstream(kCreate, outcome).reason, v1::INTERNAL_SERVER);
  }
}

TEST(FailUpstream, LetsTheLastAnswerDecideWhenRetriesAreSpent) {
  const Outcome outcome =
      OutcomeOf(JsonError(502), kExhausted, {RecordOf(JsonError(500)), RecordOf(JsonError(503))});
  const FailedCall failed = FailUpstream(kCreate, outcome);
  EXPECT_EQ(failed.reason, v1::UPSTREAM_BAD_GATEWAY);
  EXPECT_EQ(failed.attempts, 3);
}

TEST(FailUpstream, KeepsADeadlineDuringABackoffFromHidingTheAnswer) {
  const Outcome outcome = OutcomeOf(JsonError(503), kDeadline);
  EXPECT_EQ(FailUpstream(kCreate, outcome).reason, v1::UPSTREAM_UNAVAILABLE);
}

}  // namespace
}  // namespace modelgates::gateway
