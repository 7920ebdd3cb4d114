#include "exchange_fixture.h"

namespace modelgates::gateway {
namespace {

// Given an exchange behind a circuit breaker that opens at the second failure.
class ExchangeBreaker : public ExchangeTest {
 protected:
  ExchangeBreaker() { exchanges_.emplace(loop_, guarded_, ExchangeOptions{}, ReadByTable); }

  void OpenIt() {
    transport_.Then(Refused()).Then(Refused());
    for (const char* identity : {"other-1", "other-2"}) {
      Finish({.identity = identity, .retries = false});
    }
    ASSERT_FALSE(breaker_.closed());
    ASSERT_EQ(Sends(), 2u);
  }

  CircuitBreaker breaker_{{.min_attempts = 2}, [] { return 0.5; }, nullptr};
  NoLimits off_;
  Retrier guarded_{loop_, transport_, [] { return 0.0; }, off_.budget, breaker_, ADateIn1994};
};

TEST_F(ExchangeBreaker, ARefusedExchangeLeavesNothingBehind) {
  OpenIt();
  const Caller& refused = Finish();
  EXPECT_EQ(Sends(), 2u);
  EXPECT_EQ(refused.Reason(), v1::ERROR_REASON_UNSPECIFIED);
  EXPECT_FALSE(refused.InFlight());
  EXPECT_EQ(refused.outcome().stop, StopReason::kBreakerOpen);
  EXPECT_EQ(Known(), 0u);

  loop_.Advance(750ms);
  transport_.Then(Key("key-1"), 10ms);
  const Caller& repeated = Finish();
  EXPECT_EQ(repeated.Got(), "key-1");
  EXPECT_FALSE(repeated.reply.replayed);
}

TEST_F(ExchangeBreaker, AnUnsentExchangeThatIsRefusedAtItsRetryLeavesNothingBehind) {
  transport_.Then(Refused(), 10ms);
  Caller& caller = Begin();
  loop_.Advance(10ms);
  transport_.Then(Refused());
  Finish({.identity = "other", .retries = false});
  ASSERT_FALSE(breaker_.closed());
  loop_.Advance(490ms);
  EXPECT_FALSE(caller.done());
  loop_.Advance(10ms);
  ASSERT_TRUE(caller.done());
  EXPECT_EQ(caller.outcome().stop, StopReason::kBreakerOpen);
  EXPECT_FALSE(caller.InFlight());
  EXPECT_EQ(Known(), 0u);
}

// What was sent is remembered, whatever the breaker has come to think since.
TEST_F(ExchangeBreaker, ALostExchangeIsReplayedWhileTheBreakerIsOpen) {
  transport_.Then(Reset(), 10ms);
  EXPECT_EQ(Finish().Got(), "reset");
  transport_.Then(Reset());
  Finish({.identity = "other"});
  ASSERT_FALSE(breaker_.closed());
  const Caller& repeated = Finish();
  EXPECT_EQ(repeated.Got(), "reset");
  EXPECT_TRUE(repeated.reply.replayed);
}

TEST_F(ExchangeBreaker, AnExchangeThatIsGivenUpSaysNothingOfTheUpstream) {
  transport_.Otherwise(Key("never"), ScriptedTransport::kSilence);
  Begin({.identity = "a"});
  Begin({.identity = "b"});
  exchanges_->Abort();
  loop_.Run();
  EXPECT_EQ(Sends(), 2u);
  EXPECT_TRUE(breaker_.closed());
}

}  // namespace
}  // namespace modelgates::gateway
