#include "exchange_fixture.h"

namespace modelgates::gateway {
namespace {

// Given a gateway that recovers once, and calls that allow it.
class ExchangeRecovery : public ExchangeTest {
 protected:
  static Ask Recovering() { return {.recovery = true}; }
};

HttpResult Truncated(int http_status) {
  return TransportError{TransportFailure::kTruncated, Delivery::kAnswered, http_status};
}

// What leaves the outcome unknown, and is over.
struct Loss {
  const char* name;
  HttpResult result;
};

class ExchangeLoss : public ExchangeRecovery, public testing::WithParamInterface<Loss> {};

TEST_P(ExchangeLoss, IsRecoveredOnceAndTheKeyArrives) {
  transport_.Then(GetParam().result, 100ms).Then(Key("key-1"), 100ms);
  const Caller& caller = Finish(Recovering());
  EXPECT_EQ(caller.Got(), "key-1");
  EXPECT_EQ(Sends(), 2u);
  EXPECT_EQ(transport_.most_in_flight(), 1);
  EXPECT_TRUE(transport_.sends()[1].fresh_connection);
  EXPECT_EQ(observer_->lost, 0);
  EXPECT_EQ(Finish(Recovering()).Got(), "key-1");
  EXPECT_EQ(Sends(), 2u);
}

TEST_P(ExchangeLoss, IsRememberedWhenTheRecoveryFindsTheCodeSpent) {
  transport_.Then(GetParam().result, 100ms).Then(Answer(403), 100ms);
  EXPECT_EQ(Finish(Recovering()).Got(), "status 403");
  EXPECT_EQ(Count(ExchangeState::kUnknown), 1u);
  EXPECT_EQ(observer_->lost, 1);
  loop_.Advance(100s);
  const Caller& repeat = Finish(Recovering());
  EXPECT_TRUE(repeat.reply.replayed);
  EXPECT_TRUE(HasUnknownAttempt(repeat.outcome()));
  EXPECT_EQ(Sends(), 2u);
  EXPECT_EQ(observer_->lost, 1);
}

TEST_P(ExchangeLoss, IsNotRecoveredTwice) {
  transport_.Then(GetParam().result, 100ms).Then(GetParam().result, 100ms);
  const Caller& caller = Finish(Recovering());
  EXPECT_EQ(caller.outcome().stop, StopReason::kUnsafeExchange);
  Finish(Recovering());
  EXPECT_EQ(Sends(), 2u);
  EXPECT_EQ(Count(ExchangeState::kUnknown), 1u);
}

TEST_P(ExchangeLoss, IsNotRecoveredInModeNever) {
  transport_.Then(GetParam().result, 100ms);
  const Caller& caller = Finish({.recovery = false});
  EXPECT_EQ(caller.outcome().stop, StopReason::kUnsafeExchange);
  EXPECT_EQ(Sends(), 1u);
}

TEST_P(ExchangeLoss, IsNotRecoveredWhenTheCallerRetriesNothing) {
  transport_.Then(GetParam().result, 100ms);
  const Caller& caller = Finish({.retries = false, .recovery = true});
  EXPECT_EQ(caller.outcome().stop, StopReason::kRetriesOff);
  EXPECT_EQ(Sends(), 1u);
}

TEST_P(ExchangeLoss, IsNotRecoveredForACallThatOptsOut) {
  transport_.Then(GetParam().result, 100ms);
  Finish({.once_only = true, .recovery = true});
  EXPECT_EQ(Sends(), 1u);
}

INSTANTIATE_TEST_SUITE_P(All, ExchangeLoss,
                         testing::Values(Loss{"Reset", Reset()}, Loss{"Stale", Stale()},
                                         Loss{"TruncatedError", Truncated(502)},
                                         Loss{"TruncatedBeforeAStatus", Truncated(0)},
                                         Loss{"S500", Answer(500)}, Loss{"S502", Answer(502)},
                                         Loss{"S503", Answer(503)}),
                         [](const auto& row) { return std::string(row.param.name); });

TEST_F(ExchangeRecovery, NeverFollowsA200) {
  transport_.Then(Truncated(200), 100ms);
  Finish(Recovering());
  EXPECT_EQ(Sends(), 1u);
  EXPECT_EQ(Count(ExchangeState::kSpent), 1u);
  EXPECT_EQ(observer_->lost, 1);
  transport_.Then(Key("unreadable"), 100ms);
  Finish({.identity = "other", .recovery = true});
  EXPECT_EQ(Sends(), 2u);
}

// The upstream may still be at it.
TEST_F(ExchangeRecovery, NeverFollowsASilence) {
  transport_.Then(Key("never"), ScriptedTransport::kSilence);
  const Caller& caller = Finish(Recovering());
  EXPECT_EQ(caller.Got(), "timeout");
  EXPECT_EQ(Sends(), 1u);
  EXPECT_EQ(Count(ExchangeState::kUnknown), 1u);
}

TEST_F(ExchangeRecovery, IsAStateOfItsOwnFromTheDecisionOn) {
  transport_.Then(Reset(), 100ms).Then(Key("key-1"), 100ms);
  Begin(Recovering());
  EXPECT_EQ(Count(ExchangeState::kSending), 1u);
  loop_.Advance(100ms);
  EXPECT_EQ(Count(ExchangeState::kRecovering), 1u);
  loop_.Advance(550ms);
  EXPECT_EQ(transport_.in_flight(), 1);
  EXPECT_EQ(Count(ExchangeState::kRecovering), 1u);
  loop_.Advance(50ms);
  EXPECT_EQ(Count(ExchangeState::kDone), 1u);
}

// Given a caller whose deadline passed while the upstream had the code,
// when the connection is then reset, then the key is fetched for its repeat.
TEST_F(ExchangeRecovery, IsMadeWithNobodyLeft) {
  transport_.Then(Reset(), 500ms).Then(Key("key-1"), 100ms);
  EXPECT_EQ(Finish({.deadline = 200ms, .recovery = true}).Reason(), v1::EXCHANGE_IN_PROGRESS);
  loop_.Advance(10s);
  const Caller& repeat = Finish(Recovering());
  EXPECT_TRUE(repeat.reply.replayed);
  EXPECT_EQ(repeat.Got(), "key-1");
  EXPECT_EQ(Sends(), 2u);
}

TEST_F(ExchangeRecovery, IsNotCutShortByACallerThatLeavesWhileItWaits) {
  transport_.Then(Reset(), 100ms).Then(Key("key-1"), 100ms);
  Caller& caller = Begin(Recovering());
  loop_.Advance(300ms);
  Leave(caller);
  EXPECT_TRUE(caller.InFlight());
  EXPECT_EQ(exchanges_->in_flight(), 1u);
  EXPECT_EQ(Finish(Recovering()).Got(), "key-1");
  EXPECT_EQ(Sends(), 2u);
}

TEST_F(ExchangeRecovery, IsTriedAgainWhenNotAByteOfItLeft) {
  transport_.Then(Reset(), 100ms).Then(Refused(), 10ms).Then(Key("key-1"), 100ms);
  EXPECT_EQ(Finish(Recovering()).Got(), "key-1");
  EXPECT_EQ(Sends(), 3u);
}

// The code would be on the wire a third time.
TEST_F(ExchangeRecovery, IsNotTriedAgainWhenItWasRefusedUnprocessed) {
  transport_.Then(Reset(), 100ms).Then(AnswerWithRetryAfter(429, "1"), 100ms);
  const Caller& caller = Finish(Recovering());
  EXPECT_EQ(caller.Got(), "status 429");
  EXPECT_EQ(caller.outcome().stop, StopReason::kUnsafeExchange);
  EXPECT_EQ(Sends(), 2u);
  EXPECT_EQ(Count(ExchangeState::kUnknown), 1u);
}

TEST_F(ExchangeRecovery, ThatCannotBeSentLeavesTheOutcomeUnknown) {
  transport_.Then(Reset(), 100ms);
  transport_.Otherwise(Refused(), 10ms);
  EXPECT_EQ(Finish(Recovering()).Got(), "connect");
  EXPECT_EQ(Count(ExchangeState::kUnknown), 1u);
  EXPECT_TRUE(Finish(Recovering()).reply.replayed);
}

TEST_F(ExchangeRecovery, HasWhatTheFirstAttemptLeftOfTheCap) {
  transport_.Then(Reset(), 20s).Then(Key("never"), ScriptedTransport::kSilence);
  const Caller& caller = Begin(Recovering());
  loop_.Advance(30s - 1ms);
  EXPECT_FALSE(caller.done());
  loop_.Advance(1ms);
  EXPECT_EQ(caller.Got(), "timeout");
  EXPECT_EQ(Sends(), 2u);
}

TEST_F(ExchangeRecovery, IsNotMadeWhenTheCapLeavesNoTime) {
  transport_.Then(Reset(), 29'500ms);
  const Caller& caller = Finish(Recovering());
  EXPECT_EQ(caller.outcome().stop, StopReason::kDeadline);
  EXPECT_EQ(Sends(), 1u);
}

TEST_F(ExchangeRecovery, ThatIsAbortedLeavesTheOutcomeUnknown) {
  transport_.Then(Reset(), 100ms).Then(Reset(), 100ms);
  transport_.Then(Key("never"), ScriptedTransport::kSilence);
  Begin({.identity = "sent", .recovery = true});
  loop_.Advance(300ms);
  Begin({.identity = "waiting", .recovery = true});
  loop_.Advance(400ms);
  EXPECT_EQ(Count(ExchangeState::kRecovering), 2u);
  exchanges_->Abort();
  loop_.Run();
  EXPECT_EQ(exchanges_->in_flight(), 0u);
  EXPECT_EQ(Count(ExchangeState::kUnknown), 2u);
}

TEST_F(ExchangeRecovery, TakesATokenOfTheRetryBudgetWhateverTheConnectionWas) {
  RetryBudget budget({.percent = 0, .min_rate = 1});
  NoLimits off;
  Retrier bounded(
      loop_, transport_, [] { return 0.0; }, budget, off.breaker, ADateIn1994);
  exchanges_.emplace(loop_, bounded, ExchangeOptions{}, ReadByTable);
  while (budget.Take(loop_.Now())) {
  }
  transport_.Then(Stale());
  const Caller& refused = Begin(Recovering());
  EXPECT_EQ(refused.outcome().stop, StopReason::kBudgetExhausted);
  EXPECT_EQ(Count(ExchangeState::kUnknown), 1u);

  loop_.Advance(1s);
  transport_.Then(Stale()).Then(Key("key-2"));
  EXPECT_EQ(Finish({.identity = "other", .recovery = true}).Got(), "key-2");
  EXPECT_FALSE(budget.Take(loop_.Now()));
  exchanges_.reset();
}

TEST_F(ExchangeRecovery, IsRefusedByAnOpenBreaker) {
  CircuitBreaker breaker(
      {.min_attempts = 1}, [] { return 0.5; }, nullptr);
  NoLimits off;
  Retrier guarded(
      loop_, transport_, [] { return 0.0; }, off.budget, breaker, ADateIn1994);
  exchanges_.emplace(loop_, guarded, ExchangeOptions{}, ReadByTable);
  transport_.Then(Reset(), 10ms);
  const Caller& refused = Finish(Recovering());
  EXPECT_EQ(refused.outcome().stop, StopReason::kBreakerOpen);
  EXPECT_EQ(Sends(), 1u);
  EXPECT_EQ(Count(ExchangeState::kUnknown), 1u);
  exchanges_.reset();
}

}  // namespace
}  // namespace modelgates::gateway
