#include "resilience/retry_policy.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <set>
#include <string>
#include <vector>

#include "support/scripted_transport.h"

namespace modelgates::gateway {
namespace {

using std::chrono::milliseconds;
using namespace std::chrono_literals;
using enum RetryClass;
using enum Repeat;
using enum StopReason;

// What Decide is asked. Left alone, it allows another attempt after 1 s: half a second and half of
// the jitter.
struct Situation {
  RetryPolicy policy = {};
  HttpResult result = Answer(503);
  RetryClass retry_class = kAlways;
  Repeat repeat = kHarmless;
  int attempts_made = 1;
  Duration elapsed = 100ms;
  Duration time_left = 60s;
};

// Retries after `delay`, or stops.
struct Expected {
  // NOLINTBEGIN(google-explicit-constructor): so that a row reads as it is meant.
  template <class Rep, class Period>
  Expected(std::chrono::duration<Rep, Period> wait) : delay(wait) {}
  Expected(StopReason reason) : stop(reason) {}
  // NOLINTEND(google-explicit-constructor)

  std::optional<Duration> delay;
  StopReason stop = kNotRetryable;
};

struct Case {
  const char* name;
  Situation given;
  Expected expected;
  std::optional<milliseconds> retry_after = std::nullopt;
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

RetryPolicy With(void (*change)(RetryPolicy&)) {
  RetryPolicy policy;
  change(policy);
  return policy;
}

RetryPolicy WithStatuses(std::initializer_list<const char*> entries) {
  RetryPolicy policy;
  for (const char* entry : entries) policy.statuses.Add(*StatusSet::Parse(entry));
  return policy;
}

TransportError Failure(TransportFailure failure, Delivery delivery) { return {failure, delivery}; }

std::string Name(const testing::TestParamInfo<Case>& info) { return info.param.name; }

class RetryPolicyTest : public testing::TestWithParam<Case> {};

TEST_P(RetryPolicyTest, Decide) {
  const Situation& given = GetParam().given;
  const Expected& expected = GetParam().expected;
  const Decision decision = Decide(given.policy, given.result, given.retry_class, given.repeat,
                                   given.attempts_made, given.elapsed, given.time_left, 0.5);
  EXPECT_EQ(decision.retry, expected.delay.has_value()) << ToString(decision.stop);
  EXPECT_EQ(decision.delay, expected.delay.value_or(0ms));
  if (!decision.retry) {
    EXPECT_EQ(ToString(decision.stop), ToString(expected.stop));
  }
  EXPECT_EQ(decision.retry_after, GetParam().retry_after);
}

INSTANTIATE_TEST_SUITE_P(
    Class, RetryPolicyTest,
    testing::Values(
        Case{"CreateAlways", {}, 1s}, Case{"CreateNever", {.retry_class = kNever}, kNotRetryable},
        Case{"CreateIfUnsent", {.retry_class = kIfUnsent}, 1s},
        Case{"ExchangeNever", {.retry_class = kNever, .repeat = kOnlyUnsent}, kNotRetryable},
        Case{"ExchangeIfUnsent", {.retry_class = kIfUnsent, .repeat = kOnlyUnsent}, 1s},
        Case{"ExchangeOnceOver",
             {.retry_class = kUnknownOutcome, .repeat = kOnlyUnsent},
             kUnsafeExchange},
        // Not in the table; the safe reading.
        Case{"ExchangeAlways", {.retry_class = kAlways, .repeat = kOnlyUnsent}, kUnsafeExchange},
        Case{"NoSuchClass", {.retry_class = RetryClass{99}}, kNotRetryable}),
    Name);

INSTANTIATE_TEST_SUITE_P(
    Answer, RetryPolicyTest,
    testing::Values(Case{"Ok", {.result = Answer(200)}, kNotRetryable},
                    Case{"Created", {.result = Answer(201)}, kNotRetryable},
                    Case{"Redirect", {.result = Answer(307)}, kNotRetryable},
                    Case{"Final", {.result = Answer(401), .retry_class = kFinal}, kNotRetryable},
                    Case{"BeyondHttp", {.result = Answer(600)}, kNotRetryable},
                    Case{"ClassDecidesA4xx", {.result = Answer(408)}, 1s},
                    Case{"WaitAskedOfAStandingAnswerIsReported",
                         {.result = AnswerWithRetryAfter(403, "7"), .retry_class = kNever},
                         kNotRetryable,
                         7s}),
    Name);

INSTANTIATE_TEST_SUITE_P(
    Transport, RetryPolicyTest,
    testing::Values(Case{"CreateRefused", {.result = Refused()}, 1s},
                    Case{"CreateReset", {.result = Reset()}, 1s},
                    Case{"CreateUntrusted",
                         {.result = Failure(TransportFailure::kTlsUntrusted, Delivery::kNever),
                          .retry_class = kNever},
                         kNotRetryable},
                    Case{"CreateTimeout",
                         {.result = Failure(TransportFailure::kTimeout, Delivery::kMaybe)},
                         1s},
                    Case{"Cancelled",
                         {.result = Failure(TransportFailure::kCancelled, Delivery::kNever)},
                         kNotRetryable},
                    Case{"ExchangeRefused",
                         {.result = Refused(), .retry_class = kIfUnsent, .repeat = kOnlyUnsent},
                         1s},
                    Case{"ExchangeReset",
                         {.result = Reset(), .retry_class = kUnknownOutcome, .repeat = kOnlyUnsent},
                         kUnsafeExchange},
                    Case{"ExchangeRefusedStream",
                         {.result = Failure(TransportFailure::kRefusedStream, Delivery::kMaybe),
                          .retry_class = kIfUnsent,
                          .repeat = kOnlyUnsent},
                         1s},
                    Case{"ExchangeDeliveryContradictsTheClass",
                         {.result = Reset(), .retry_class = kIfUnsent, .repeat = kOnlyUnsent},
                         kUnsafeExchange},
                    Case{"ConnectionErrorsOff",
                         {.policy = With([](auto& p) { p.retry_connection_errors = false; }),
                          .result = Refused()},
                         kNotRetryable},
                    Case{"ConnectionErrorsOffLeavesAnswers",
                         {.policy = With([](auto& p) { p.retry_connection_errors = false; })},
                         1s}),
    Name);

INSTANTIATE_TEST_SUITE_P(
    StaleConnection, RetryPolicyTest,
    testing::Values(
        Case{"OfACreateIsNotWaitedFor", {.result = Stale()}, 0s},
        Case{"LeavesTooLittleTime",
             {.result = Stale(), .time_left = kMinAttemptTime - 1ns},
             kDeadline},
        Case{"CountsAsAnAttempt", {.result = Stale(), .attempts_made = 4}, kAttemptsExhausted},
        Case{"WithRetriesOff",
             {.policy = With([](auto& p) { p.enabled = false; }), .result = Stale()},
             kRetriesOff},
        Case{
            "WithConnectionErrorsOff",
            {.policy = With([](auto& p) { p.retry_connection_errors = false; }), .result = Stale()},
            kNotRetryable},
        Case{"OfAnExchange",
             {.result = Stale(), .retry_class = kUnknownOutcome, .repeat = kOnlyUnsent},
             kUnsafeExchange},
        // Some of its bytes have left us, though none of its body: no reason to hurry.
        Case{"OfAnExchangeBeforeItsBody",
             {.result = Stale(Delivery::kNever), .retry_class = kIfUnsent, .repeat = kOnlyUnsent},
             1s}),
    Name);

INSTANTIATE_TEST_SUITE_P(
    Statuses, RetryPolicyTest,
    testing::Values(
        Case{"Contained", {.policy = WithStatuses({"503"})}, 1s},
        Case{"ReplacesTheDefault", {.policy = WithStatuses({"429"})}, kNotRetryable},
        Case{"MakesA4xxOfACreateRetryable",
             {.policy = WithStatuses({"404"}), .result = Answer(404), .retry_class = kNever},
             1s},
        Case{"ByClass",
             {.policy = WithStatuses({"4XX"}), .result = Answer(422), .retry_class = kNever},
             1s},
        Case{"NeverWhatIsFinal",
             {.policy = WithStatuses({"4XX"}), .result = Answer(401), .retry_class = kFinal},
             kNotRetryable},
        Case{"ExchangeUnsent",
             {.policy = WithStatuses({"429"}),
              .result = Answer(429),
              .retry_class = kIfUnsent,
              .repeat = kOnlyUnsent},
             1s},
        Case{"ExchangeRejected",
             {.policy = WithStatuses({"4XX"}),
              .result = Answer(403),
              .retry_class = kNever,
              .repeat = kOnlyUnsent},
             kNotRetryable},
        Case{"ExchangeOfUnknownOutcome",
             {.policy = WithStatuses({"5XX"}),
              .result = Answer(500),
              .retry_class = kUnknownOutcome,
              .repeat = kOnlyUnsent},
             kUnsafeExchange},
        Case{"ExchangeNotContained",
             {.policy = WithStatuses({"503"}),
              .result = Answer(429),
              .retry_class = kIfUnsent,
              .repeat = kOnlyUnsent},
             kNotRetryable},
        Case{"SayNothingOfTransportFailures",
             {.policy = WithStatuses({"429"}), .result = Refused()},
             1s}),
    Name);

INSTANTIATE_TEST_SUITE_P(
    Recovery, RetryPolicyTest,
    testing::Values(
        Case{"Reset",
             {.result = Reset(), .retry_class = kUnknownOutcome, .repeat = kOneRecovery},
             1s},
        // Unlike a create, not at once: it takes its turn as a retry.
        Case{"Stale",
             {.result = Stale(), .retry_class = kUnknownOutcome, .repeat = kOneRecovery},
             1s},
        Case{"Answer", {.retry_class = kUnknownOutcome, .repeat = kOneRecovery}, 1s},
        Case{"AfterTheWaitAskedFor",
             {.result = AnswerWithRetryAfter(502, "3"),
              .retry_class = kUnknownOutcome,
              .repeat = kOneRecovery},
             3s,
             3s},
        Case{"Unsent", {.result = Refused(), .retry_class = kIfUnsent, .repeat = kOneRecovery}, 1s},
        Case{"SentWhateverItsClass",
             {.result = Reset(), .retry_class = kIfUnsent, .repeat = kOneRecovery},
             kUnsafeExchange},
        Case{"Never",
             {.result = Reset(), .retry_class = kNever, .repeat = kOneRecovery},
             kNotRetryable},
        Case{"Always", {.retry_class = kAlways, .repeat = kOneRecovery}, kUnsafeExchange},
        Case{"IsNotChosenByStatus",
             {.policy = WithStatuses({"429"}),
              .retry_class = kUnknownOutcome,
              .repeat = kOneRecovery},
             1s},
        Case{"IsNoConnectionErrorOfTheCallers",
             {.policy = With([](auto& p) { p.retry_connection_errors = false; }),
              .result = Reset(),
              .retry_class = kUnknownOutcome,
              .repeat = kOneRecovery},
             1s},
        Case{"Off",
             {.policy = With([](auto& p) { p.enabled = false; }),
              .retry_class = kUnknownOutcome,
              .repeat = kOneRecovery},
             kRetriesOff},
        Case{"IsAnAttemptAmongThoseAllowed",
             {.retry_class = kUnknownOutcome, .repeat = kOneRecovery, .attempts_made = 4},
             kAttemptsExhausted},
        Case{"NoTimeLeft",
             {.retry_class = kUnknownOutcome, .repeat = kOneRecovery, .time_left = 1s},
             kDeadline}),
    Name);

// The recovery was made.
INSTANTIATE_TEST_SUITE_P(
    Recovered, RetryPolicyTest,
    testing::Values(
        Case{"Refused",
             {.result = Refused(), .retry_class = kIfUnsent, .repeat = kOnlyUndelivered},
             1s},
        Case{"Reset",
             {.result = Reset(), .retry_class = kUnknownOutcome, .repeat = kOnlyUndelivered},
             kUnsafeExchange},
        Case{"RefusedStream",
             {.result = Failure(TransportFailure::kRefusedStream, Delivery::kMaybe),
              .retry_class = kIfUnsent,
              .repeat = kOnlyUndelivered},
             kUnsafeExchange},
        Case{"RateLimited",
             {.result = Answer(429), .retry_class = kIfUnsent, .repeat = kOnlyUndelivered},
             kUnsafeExchange},
        Case{"Forbidden",
             {.result = Answer(403), .retry_class = kNever, .repeat = kOnlyUndelivered},
             kNotRetryable}),
    Name);

INSTANTIATE_TEST_SUITE_P(Off, RetryPolicyTest,
                         testing::Values(Case{"WouldHaveRetried",
                                              {.policy = With([](auto& p) { p.enabled = false; })},
                                              kRetriesOff},
                                         Case{"WouldNotHaveRetried",
                                              {.policy = With([](auto& p) { p.enabled = false; }),
                                               .retry_class = kNever},
                                              kNotRetryable},
                                         Case{"UnsafeAnyway",
                                              {.policy = With([](auto& p) { p.enabled = false; }),
                                               .retry_class = kUnknownOutcome,
                                               .repeat = kOnlyUnsent},
                                              kUnsafeExchange},
                                         Case{"ReportsTheWaitAskedFor",
                                              {.policy = With([](auto& p) { p.enabled = false; }),
                                               .result = AnswerWithRetryAfter(429, "3")},
                                              kRetriesOff,
                                              3s}),
                         Name);

INSTANTIATE_TEST_SUITE_P(
    Limits, RetryPolicyTest,
    testing::Values(Case{"LastRetry", {.attempts_made = 3}, 1625ms},
                    Case{"AttemptsExhausted", {.attempts_made = 4}, kAttemptsExhausted},
                    Case{"OneAttempt",
                         {.policy = With([](auto& p) { p.max_attempts = 1; })},
                         kAttemptsExhausted},
                    Case{"NoAttempts",
                         {.policy = With([](auto& p) { p.max_attempts = 0; })},
                         kAttemptsExhausted},
                    Case{"TenAtMost",
                         {.policy = With([](auto& p) { p.max_attempts = 1000; }),
                          .attempts_made = 10},
                         kAttemptsExhausted},
                    Case{"TheTenth",
                         {.policy = With([](auto& p) {
                            p.max_attempts = 1000;
                            p.max_interval = 2s;
                          }),
                          .attempts_made = 9},
                         2s},
                    Case{"ElapsedAtItsLimit",
                         {.policy = With([](auto& p) { p.max_elapsed = 1s; }), .elapsed = 1s},
                         1s},
                    Case{"ElapsedAboveItsLimit",
                         {.policy = With([](auto& p) { p.max_elapsed = 1s; }), .elapsed = 1s + 1ns},
                         kAttemptsExhausted},
                    Case{"ElapsedZero",
                         {.policy = With([](auto& p) { p.max_elapsed = 0ms; }), .elapsed = 1us},
                         kAttemptsExhausted},
                    Case{"ElapsedHuge",
                         {.policy = With([](auto& p) { p.max_elapsed = milliseconds::max(); })},
                         1s}),
    Name);

INSTANTIATE_TEST_SUITE_P(
    RetryAfter, RetryPolicyTest,
    testing::Values(
        Case{"ReplacesTheBackoff", {.result = AnswerWithRetryAfter(503, "2.5")}, 2500ms, 2500ms},
        Case{"MayBeShorter", {.result = AnswerWithRetryAfter(503, "0.001")}, 1ms, 1ms},
        Case{"NotBoundByMaxInterval",
             {.policy = With([](auto& p) { p.max_interval = 300ms; }),
              .result = AnswerWithRetryAfter(429, "1")},
             1s,
             1s},
        Case{"UnusableMeansBackoff", {.result = AnswerWithRetryAfter(503, "inf")}, 1s},
        Case{"ZeroMeansBackoff", {.result = AnswerWithRetryAfter(503, "0")}, 1s},
        Case{"AtTheCap", {.result = AnswerWithRetryAfter(503, "10")}, 10s, 10s},
        Case{"AboveTheCap", {.result = AnswerWithRetryAfter(503, "10.001")}, kDeadline, 10001ms},
        Case{"Huge",
             {.result = AnswerWithRetryAfter(503, std::string(300, '9'))},
             kDeadline,
             milliseconds(std::chrono::hours(24 * 365))},
        Case{"PastTheDeadline",
             {.result = AnswerWithRetryAfter(503, "5"), .time_left = 4s},
             kDeadline,
             5s},
        Case{"ReportedWhenExhausted",
             {.result = AnswerWithRetryAfter(503, "5"), .attempts_made = 4},
             kAttemptsExhausted,
             5s}),
    Name);

INSTANTIATE_TEST_SUITE_P(
    Deadline, RetryPolicyTest,
    testing::Values(Case{"JustFits", {.time_left = 1s + kMinAttemptTime}, 1s},
                    Case{"JustDoesNotFit", {.time_left = 1s + kMinAttemptTime - 1ns}, kDeadline},
                    Case{"Passed", {.time_left = -1s}, kDeadline},
                    Case{"NoDeadline", {.time_left = Duration::max()}, 1s},
                    Case{"EndedTheAttempt",
                         {.result = Failure(TransportFailure::kTimeout, Delivery::kMaybe),
                          .time_left = 0ms},
                         kDeadline},
                    Case{"EndedTheExchange",
                         {.result = Failure(TransportFailure::kTimeout, Delivery::kMaybe),
                          .retry_class = kNever,
                          .repeat = kOnlyUnsent,
                          .time_left = 0ms},
                         kDeadline},
                    Case{"AttemptTimeoutOfAnExchange",
                         {.result = Failure(TransportFailure::kTimeout, Delivery::kMaybe),
                          .retry_class = kNever,
                          .repeat = kOnlyUnsent},
                         kNotRetryable},
                    Case{"PassedWithAnAnswerThatStands",
                         {.result = Answer(403), .retry_class = kNever, .time_left = -1s},
                         kNotRetryable}),
    Name);

TEST(StopReason, HasTheNamesOfTheContract) {
  std::set<std::string_view> names;
  for (const StopReason stop : {kNotRetryable, kAttemptsExhausted, kBudgetExhausted, kDeadline,
                                kBreakerOpen, kRetriesOff, kUnsafeExchange}) {
    names.insert(ToString(stop));
  }
  EXPECT_EQ(names, (std::set<std::string_view>{"not_retryable", "attempts_exhausted",
                                               "budget_exhausted", "deadline", "breaker_open",
                                               "retries_off", "unsafe_exchange"}));
}

}  // namespace
}  // namespace modelgates::gateway
