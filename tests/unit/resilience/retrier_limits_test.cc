#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <list>
#include <optional>
#include <string>
#include <vector>

#include "resilience/retrier.h"
#include "support/fake_loop.h"
#include "support/scripted_transport.h"
#include "support/unlimited_retrier.h"
#include "table_classifiers.h"

// What all calls share and a single one cannot overrule: the retry budget, the circuit breaker.

namespace modelgates::gateway {
namespace {

using namespace std::chrono_literals;
using testing::_;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr int kMinAttempts = 4;  // of the breaker here

class RetrierLimitsTest : public testing::Test {
 protected:
  // A call from its start on; `outcome` has a value once it is over.
  struct Call final : AttemptObserver {
    void OnAttempt(const AttemptRecord& attempt, std::string_view /*cause*/) override {
      told.push_back("attempt " + std::to_string(attempt.http_status));
    }
    void OnDecision(const Decision& decision) override {
      told.push_back(decision.retry ? "retry" : "stop " + std::string(ToString(decision.stop)));
    }

    void OnSendProgress(SendProgress progress) override {
      offered = progress == SendProgress::kBytesOffered;
    }

    RetryOptions options;
    std::stop_source stop;
    bool offered = false;
    std::vector<std::string> told;
    std::optional<Outcome> outcome;
  };

  // A create, for as long as no test changes its options before Start.
  Call& Prepare() {
    Call& call = calls_.emplace_back();
    call.options.started = loop_.Now();
    call.options.deadline = loop_.Now() + 60s;
    call.options.attempt_timeout = 10s;
    call.options.stop = call.stop.get_token();
    call.options.classify = ClassifyCreate;
    call.options.repeat = Repeat::kHarmless;
    return call;
  }
  Call& PrepareExchange() {
    Call& call = Prepare();
    call.options.classify = ClassifyExchange;
    call.options.repeat = Repeat::kOnlyUnsent;
    return call;
  }
  Call& Start(Call& call) {
    Spawn(Run(call));
    loop_.Run();
    return call;
  }
  Call& Start() { return Start(Prepare()); }

  // One call after the other, each a single attempt with this result.
  void AttemptOnce(const HttpResult& result, int times = 1) {
    for (int i = 0; i < times; ++i) {
      Call& call = Prepare();
      call.options.policy.enabled = false;
      transport_.Then(result);
      Start(call);
    }
  }
  void SpendTheBudget() {
    while (budget_.Take(loop_.Now())) {
    }
  }
  void OpenTheBreaker() {
    while (breaker_.closed()) AttemptOnce(Answer(502));
  }

  size_t Sends() const { return transport_.sends().size(); }
  double Tokens() const { return budget_.Tokens(loop_.Now()); }

  FakeLoop loop_;
  ScriptedTransport transport_{loop_};
  RetryBudget budget_{{.percent = 10, .min_rate = 0}};
  CircuitBreaker breaker_{{.min_attempts = kMinAttempts}, [] { return 0.5; }, nullptr};
  Retrier retrier_{loop_, transport_, [] { return 0.5; }, budget_, breaker_, ADateIn1994};
  const HttpRequest request_{"/auth/keys/code"};
  std::list<Call> calls_;

 private:
  Task<void> Run(Call& call) {
    Task<Outcome> sending = retrier_.Send(request_, call.options, call);
    call.outcome = co_await sending;
  }
};

// Of both.

// When an upstream closes its idle connections many calls meet them at once, and none may fail.
TEST_F(RetrierLimitsTest, AStaleConnectionTakesNoTokenAndIsNoFailure) {
  constexpr int kCalls = 3 * kMinAttempts;
  SpendTheBudget();
  for (int i = 0; i < kCalls; ++i) {
    transport_.Then(TransportError{.failure = TransportFailure::kReset,
                                   .delivery = Delivery::kMaybe,
                                   .stale_connection = true});
    transport_.Then(Answer(200));
    EXPECT_THAT(Start().told, ElementsAre("attempt 0", "retry", "attempt 200", _)) << "call " << i;
  }
  EXPECT_TRUE(breaker_.closed());
  EXPECT_DOUBLE_EQ(Tokens(), kCalls * 0.1);
}

// The budget.

TEST_F(RetrierLimitsTest, WithoutATokenTheLastAnswerStandsAtOnce) {
  SpendTheBudget();
  transport_.Then(AnswerWithRetryAfter(503, "2"));
  const Call& call = Start();
  ASSERT_TRUE(call.outcome);
  EXPECT_EQ(std::get<HttpResponse>(call.outcome->last).status, 503);
  EXPECT_EQ(call.outcome->stop, StopReason::kBudgetExhausted);
  EXPECT_EQ(call.outcome->retry_after, 2s);
  EXPECT_EQ(call.outcome->attempts.size(), 1u);
  EXPECT_THAT(call.told, ElementsAre("attempt 503", "stop budget_exhausted"));
}

TEST_F(RetrierLimitsTest, EachRetryTakesOneToken) {
  transport_.Then(Answer(500)).Then(Refused()).Then(Answer(200));
  Start();
  EXPECT_DOUBLE_EQ(Tokens(), 9) << "taken when it is decided, before the wait";
  loop_.Advance(10s);
  EXPECT_DOUBLE_EQ(Tokens(), 8);
}

TEST_F(RetrierLimitsTest, TheBudgetCanEndWithinACall) {
  SpendTheBudget();
  AttemptOnce(Answer(200), 10);
  transport_.Then(Answer(500)).Then(Answer(503));
  const Call& call = Start();
  loop_.Advance(10s);
  ASSERT_TRUE(call.outcome);
  EXPECT_EQ(call.outcome->stop, StopReason::kBudgetExhausted);
  EXPECT_THAT(call.told,
              ElementsAre("attempt 500", "retry", "attempt 503", "stop budget_exhausted"));
}

TEST_F(RetrierLimitsTest, ACallDepositsOnceHoweverOftenItIsSent) {
  SpendTheBudget();
  AttemptOnce(Answer(200), 20);
  transport_.Then(Answer(500)).Then(Answer(500)).Then(Answer(200));
  Start();
  loop_.Advance(10s);
  EXPECT_EQ(Sends(), 23u);
  EXPECT_NEAR(Tokens(), 0.1, 1e-9) << "21 calls are 2.1 tokens, two were taken";
}

TEST_F(RetrierLimitsTest, ACancelledWaitKeepsItsToken) {
  transport_.Then(Answer(500));
  Call& call = Start();
  call.stop.request_stop();
  loop_.Run();
  ASSERT_TRUE(call.outcome);
  EXPECT_DOUBLE_EQ(Tokens(), 9);
}

TEST_F(RetrierLimitsTest, WhatIsNoRetryNeedsNoToken) {
  SpendTheBudget();
  transport_.Then(Answer(404));
  EXPECT_EQ(Start().outcome->stop, StopReason::kNotRetryable);
  Call& off = Prepare();
  off.options.policy.enabled = false;
  transport_.Then(Answer(503));
  EXPECT_EQ(Start(off).outcome->stop, StopReason::kRetriesOff);
  Call& exchange = PrepareExchange();
  transport_.Then(Reset());
  EXPECT_EQ(Start(exchange).outcome->stop, StopReason::kUnsafeExchange);
}

// The breaker.

TEST_F(RetrierLimitsTest, AnOpenBreakerRefusesTheFirstAttempt) {
  OpenTheBreaker();
  const size_t before = Sends();
  for (Call* call : {&Prepare(), &PrepareExchange()}) {
    Start(*call);
    ASSERT_TRUE(call->outcome);
    EXPECT_EQ(call->outcome->stop, StopReason::kBreakerOpen);
    EXPECT_THAT(call->outcome->attempts, IsEmpty());
    EXPECT_EQ(call->outcome->retry_after, 750ms);
    EXPECT_EQ(call->outcome->breaker_failure, 502);
    EXPECT_EQ(std::get<TransportError>(call->outcome->last).delivery, Delivery::kNever);
    EXPECT_FALSE(call->offered);
    EXPECT_THAT(call->told, IsEmpty()) << "no attempt, so nothing was decided after one";
  }
  EXPECT_EQ(Sends(), before);
}

TEST_F(RetrierLimitsTest, ARefusedCallNeitherDepositsNorTakes) {
  OpenTheBreaker();
  SpendTheBudget();
  Start();
  EXPECT_EQ(Tokens(), 0);
}

TEST_F(RetrierLimitsTest, TheFailureThatOpensTheBreakerIsNotTriedAgain) {
  AttemptOnce(Answer(502), kMinAttempts - 1);
  const double tokens = Tokens();
  transport_.Then(Answer(500));
  const Call& call = Start();
  ASSERT_TRUE(call.outcome) << "it does not wait";
  EXPECT_EQ(std::get<HttpResponse>(call.outcome->last).status, 500);
  EXPECT_EQ(call.outcome->stop, StopReason::kBreakerOpen);
  EXPECT_EQ(call.outcome->retry_after, 750ms);
  EXPECT_THAT(call.told, ElementsAre("attempt 500", "stop breaker_open"));
  EXPECT_LE(tokens, Tokens()) << "no token is spent at a closed door";
}

TEST_F(RetrierLimitsTest, TheUpstreamsOwnWaitStandsWhenItIsLonger) {
  AttemptOnce(Answer(502), kMinAttempts - 1);
  transport_.Then(AnswerWithRetryAfter(503, "5"));
  EXPECT_EQ(Start().outcome->retry_after, 5s);
}

TEST_F(RetrierLimitsTest, ABreakerThatOpensDuringTheWaitRefusesTheRetry) {
  transport_.Then(AnswerWithRetryAfter(503, "1"));
  Call& call = Start();
  loop_.Advance(900ms);
  OpenTheBreaker();
  const size_t before = Sends();
  loop_.Advance(100ms);
  ASSERT_TRUE(call.outcome);
  EXPECT_EQ(std::get<HttpResponse>(call.outcome->last).status, 503);
  EXPECT_EQ(call.outcome->stop, StopReason::kBreakerOpen);
  EXPECT_EQ(call.outcome->retry_after, 650ms) << "what the upstream asked for was waited for";
  EXPECT_EQ(call.outcome->attempts.size(), 1u);
  EXPECT_THAT(call.told, ElementsAre("attempt 503", "retry", "stop breaker_open"));
  EXPECT_EQ(Sends(), before);
}

TEST_F(RetrierLimitsTest, ARetryMayBeTheProbe) {
  transport_.Then(AnswerWithRetryAfter(503, "1"));
  Call& call = Start();
  OpenTheBreaker();
  transport_.Then(Answer(200));
  loop_.Advance(1s);
  ASSERT_TRUE(call.outcome);
  EXPECT_EQ(std::get<HttpResponse>(call.outcome->last).status, 200);
  EXPECT_EQ(breaker_.StateAt(loop_.Now()), CircuitBreaker::State::kHalfOpen);
}

TEST_F(RetrierLimitsTest, AProbeThatFailsIsNotTriedAgain) {
  OpenTheBreaker();
  loop_.Advance(750ms);
  transport_.Then(Answer(503), 900ms);
  Call& call = Start();
  loop_.Advance(900ms);
  ASSERT_TRUE(call.outcome);
  EXPECT_EQ(call.outcome->stop, StopReason::kBreakerOpen);
  EXPECT_EQ(call.outcome->retry_after, 10ms) << "the next probe is due already";
}

TEST_F(RetrierLimitsTest, AClosedBreakerLetsRetriesThroughAgain) {
  OpenTheBreaker();
  loop_.Advance(750ms);
  AttemptOnce(Answer(200), 2);
  ASSERT_TRUE(breaker_.closed());
  transport_.Then(Answer(500)).Then(Answer(200));
  const Call& call = Start();
  loop_.Advance(10s);
  EXPECT_THAT(call.told, ElementsAre("attempt 500", "retry", "attempt 200", "stop not_retryable"));
}

// What the breaker counts.

struct CountCase {
  std::string name;
  HttpResult result;
  Duration delay;     // until the result
  Duration deadline;  // of the call
  Duration attempt_timeout;
  bool counts;
};

class CountTest : public RetrierLimitsTest, public testing::WithParamInterface<CountCase> {};

TEST_P(CountTest, IsWhatTheUpstreamDidWrong) {
  for (int i = 0; i < kMinAttempts; ++i) {
    Call& call = Prepare();
    call.options.policy.enabled = false;
    call.options.deadline = loop_.Now() + GetParam().deadline;
    call.options.attempt_timeout = GetParam().attempt_timeout;
    transport_.Then(GetParam().result, GetParam().delay);
    Start(call);
    loop_.Advance(2s);
    ASSERT_TRUE(call.outcome);
  }
  EXPECT_EQ(breaker_.closed(), !GetParam().counts);
}

constexpr Duration kSilence = ScriptedTransport::kSilence;

INSTANTIATE_TEST_SUITE_P(
    Results, CountTest,
    testing::Values(
        CountCase{"ServerError", Answer(500), 0s, 60s, 10s, true},
        CountCase{"ClientError", Answer(404), 0s, 60s, 10s, false},
        CountCase{"Refused", Refused(), 0s, 60s, 10s, true},
        CountCase{"Reset", Reset(), 0s, 60s, 10s, true},
        CountCase{"AttemptTimeout", Answer(200), kSilence, 60s, 1s, true},
        CountCase{"AShortAttemptTimeoutOfTheOperator", Answer(200), kSilence, 60s, 200ms, true},
        CountCase{"TheDeadlineOfAPatientCaller", Answer(200), kSilence, 1s, 10s, true},
        CountCase{"TheDeadlineOfACallerInAHurry", Answer(200), kSilence, 999ms, 10s, false},
        CountCase{"AShorterDeadlineThanTheAttemptTimeout", Answer(200), kSilence, 199ms, 200ms,
                  false},
        CountCase{"AnErrorOfACallerInAHurry", Answer(503), 100ms, 500ms, 10s, true}),
    [](const auto& row) { return row.param.name; });

TEST_F(RetrierLimitsTest, ACancellationSaysNothingOfTheUpstream) {
  for (int i = 0; i < 2 * kMinAttempts; ++i) {
    transport_.Then(Answer(503), kSilence);
    Call& call = Start();
    loop_.Advance(5s);
    call.stop.request_stop();
    loop_.Run();
    ASSERT_TRUE(call.outcome);
  }
  EXPECT_TRUE(breaker_.closed());
}

TEST_F(RetrierLimitsTest, AnExchangeIsJudgedByItsOwnCap) {
  for (int i = 0; i < kMinAttempts; ++i) {
    Call& call = PrepareExchange();
    call.options.deadline = loop_.Now() + 200ms;
    call.options.attempt_may_outlive_deadline = true;
    call.options.attempt_timeout = 2s;
    transport_.Then(Answer(200), kSilence);
    Start(call);
    loop_.Advance(2s);
  }
  EXPECT_FALSE(breaker_.closed()) << "it was given all the time that there is";
}

}  // namespace
}  // namespace modelgates::gateway
