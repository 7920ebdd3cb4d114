#include "resilience/circuit_breaker.h"

#include "breaker_fixture.h"

namespace modelgates::gateway {
namespace {

class CircuitBreakerTest : public BreakerTest {};

// Closed: what opens it. Each row is a sequence of results, without taking time.
struct OpeningCase {
  std::string name;
  std::vector<std::pair<Classification, int>> results;
  bool opens;
};

class OpeningTest : public BreakerTest, public testing::WithParamInterface<OpeningCase> {};

TEST_P(OpeningTest, FollowsFromTheCounts) {
  for (const auto& [result, times] : GetParam().results) {
    EXPECT_EQ(StateNow(), State::kClosed);
    Attempt(result, times);
  }
  EXPECT_EQ(StateNow(), GetParam().opens ? State::kOpen : State::kClosed);
  EXPECT_EQ(Enter().has_value(), !GetParam().opens);
}

INSTANTIATE_TEST_SUITE_P(
    Results, OpeningTest,
    testing::Values(
        OpeningCase{"TooFewFailures", {{kFailed, 19}}, false},
        OpeningCase{"EnoughFailures", {{kFailed, 20}}, true},
        OpeningCase{"HalfOfThem", {{kWorked, 10}, {kFailed, 10}}, true},
        OpeningCase{"LessThanHalf", {{kWorked, 11}, {kFailed, 10}}, false},
        OpeningCase{"JustHalfInTheEnd", {{kWorked, 11}, {kFailed, 11}}, true},
        OpeningCase{"AllWork", {{kWorked, 1000}}, false},
        OpeningCase{"SilenceIsNotCounted", {{kFailed, 19}, {kSilent, 1000}, {kWorked, 1}}, false},
        OpeningCase{
            "SilenceDoesNotThinOutFailures", {{kFailed, 19}, {kSilent, 1000}, {kFailed, 1}}, true},
        OpeningCase{"ASuccessNeverOpens", {{kFailed, 19}, {kWorked, 19}}, false},
        OpeningCase{"TheNextFailureDoes", {{kFailed, 19}, {kWorked, 1}, {kFailed, 1}}, true}),
    [](const auto& row) { return row.param.name; });

TEST_F(CircuitBreakerTest, FailuresOutsideTheWindowDoNotOpenIt) {
  for (int i = 0; i < 100; ++i) {
    Attempt(kFailed);
    now_ += 600ms;
  }
  EXPECT_EQ(StateNow(), State::kClosed) << "never twenty in ten seconds";
}

TEST_F(CircuitBreakerTest, SuccessesOutsideTheWindowDoNotKeepItClosed) {
  Attempt(kWorked, 1000);
  now_ += 10s;
  Attempt(kFailed, 20);
  EXPECT_EQ(StateNow(), State::kOpen);
}

// A hundred calls a second: with the successes of before still in the window it takes half of it.
TEST_F(CircuitBreakerTest, OpensWithinFiveSecondsOfATotalOutage) {
  const auto run = [this](const Classification& result, Duration how_long) {
    const TimePoint end = now_ + how_long;
    for (; now_ < end && StateNow() == State::kClosed; now_ += 10ms) Attempt(result);
  };
  run(kWorked, 60s);
  const TimePoint outage = now_;
  run(kFailed, 60s);
  EXPECT_EQ(StateNow(), State::kOpen);
  EXPECT_LE(now_ - outage, 5s);
}

// Open: refuses until the next probe is due.

TEST_F(CircuitBreakerTest, RefusesWhileOpen) {
  OpenIt();
  EXPECT_EQ(RetryIn(), 750ms);
  for (int i = 0; i < 749; ++i, now_ += 1ms) {
    EXPECT_FALSE(Enter());
    EXPECT_EQ(StateNow(), State::kOpen);
    EXPECT_FALSE(breaker_.closed());
  }
  EXPECT_EQ(RetryIn(), 10ms) << "one is left, but nobody should spin";
  now_ += 1ms;
  EXPECT_EQ(StateNow(), State::kHalfOpen);
  EXPECT_TRUE(Enter());
  EXPECT_FALSE(Enter());
  EXPECT_EQ(RetryIn(), 750ms);
}

TEST_F(CircuitBreakerTest, RoundsTheWaitUp) {
  OpenIt();
  now_ += 749'999us - 100ms;
  EXPECT_EQ(RetryIn(), 101ms);
}

TEST_F(CircuitBreakerTest, IntervalsHaveJitterWithinTheirBounds) {
  for (const auto& [random, interval] :
       {std::pair{0.0, 600ms}, std::pair{0.5, 750ms}, std::pair{0.999999999, 900ms}}) {
    random_ = random;
    now_ += 1h;
    CircuitBreaker breaker(
        options_, [this] { return random_; }, nullptr);
    for (int i = 0; i < 20; ++i) breaker.Record(*breaker.Enter(now_), kFailed, now_);
    EXPECT_EQ(breaker.RetryIn(now_), interval);
    ASSERT_TRUE(breaker.Enter(now_ + interval));
    EXPECT_EQ(breaker.RetryIn(now_ + interval), interval) << "between probes too";
  }
}

// Half-open: what probes bring.

TEST_F(CircuitBreakerTest, ClosesAfterTwoSuccessesWithoutAWaitBetween) {
  OpenIt();
  now_ += 750ms;
  Attempt(kWorked);
  EXPECT_EQ(StateNow(), State::kHalfOpen);
  Attempt(kWorked);
  EXPECT_EQ(StateNow(), State::kClosed);
  for (int i = 0; i < 1000; ++i) Begin();
}

TEST_F(CircuitBreakerTest, LetsOneProbeThroughAtATimeAfterASuccess) {
  OpenIt();
  now_ += 750ms;
  Attempt(kWorked);
  EXPECT_TRUE(Enter());
  EXPECT_FALSE(Enter());
}

TEST_F(CircuitBreakerTest, AFailedProbeOpensItAgain) {
  OpenIt();
  now_ += 750ms;
  const Ticket probe = Begin();
  now_ += 250ms;
  End(probe, kFailed);
  EXPECT_EQ(StateNow(), State::kOpen);
  EXPECT_EQ(RetryIn(), 500ms) << "counted from the start of the probe";
}

TEST_F(CircuitBreakerTest, SuccessesMustBeInARow) {
  OpenIt();
  for (int i = 0; i < 3; ++i) {
    now_ += 750ms;
    Attempt(kWorked);
    Attempt(kFailed);
    EXPECT_EQ(StateNow(), State::kOpen);
  }
  now_ += 750ms;
  Attempt(kWorked, 2);
  EXPECT_EQ(StateNow(), State::kClosed);
}

TEST_F(CircuitBreakerTest, AProbeThatSaysNothingIsAsIfItHadNotBeen) {
  OpenIt();
  now_ += 750ms;
  Attempt(kWorked);
  Attempt(kSilent);
  EXPECT_EQ(StateNow(), State::kHalfOpen);
  EXPECT_FALSE(Enter()) << "callers in a hurry would probe without end";
  now_ += 750ms;
  Attempt(kWorked);
  EXPECT_EQ(StateNow(), State::kClosed) << "the first success still counts";
}

TEST_F(CircuitBreakerTest, StartsAfreshWhenItCloses) {
  OpenIt();
  now_ += 750ms;
  Attempt(kWorked, 2);
  Attempt(kFailed, 19);
  EXPECT_EQ(StateNow(), State::kClosed);
  Attempt(kFailed);
  EXPECT_EQ(StateNow(), State::kOpen);
}

TEST_F(CircuitBreakerTest, OtherOptionsAreObeyed) {
  CircuitBreaker breaker(
      {.window = 1s, .min_attempts = 1, .failure_percent = 100, .probe_interval = 2s, .probes = 1},
      [] { return 0.5; }, nullptr);
  breaker.Record(*breaker.Enter(now_), kFailed, now_);
  EXPECT_FALSE(breaker.Enter(now_ + 1999ms));
  breaker.Record(*breaker.Enter(now_ + 2s), kWorked, now_ + 2s);
  EXPECT_TRUE(breaker.closed());
}

TEST_F(CircuitBreakerTest, TakesNewOptions) {
  options_.min_attempts = 3;
  breaker_.SetOptions(options_, now_);
  Attempt(kFailed, 2);
  EXPECT_EQ(StateNow(), State::kClosed);
  Attempt(kFailed);
  EXPECT_EQ(StateNow(), State::kOpen);
}

TEST_F(CircuitBreakerTest, CountsAgainWithAnotherWindow) {
  Attempt(kFailed, options_.min_attempts - 1);
  options_.window = 20s;
  breaker_.SetOptions(options_, now_);
  Attempt(kFailed, options_.min_attempts - 1);
  EXPECT_EQ(StateNow(), State::kClosed);
  Attempt(kFailed);
  EXPECT_EQ(StateNow(), State::kOpen);
}

TEST_F(CircuitBreakerTest, ClosesWhenItIsSwitchedOffAndStaysClosed) {
  OpenIt();
  options_.enabled = false;
  breaker_.SetOptions(options_, now_);
  EXPECT_EQ(StateNow(), State::kClosed);
  EXPECT_EQ(observer_.closings.size(), 1u);
  Attempt(kFailed, 10 * options_.min_attempts);
  EXPECT_EQ(StateNow(), State::kClosed);
}

// What operators are told.

TEST_F(CircuitBreakerTest, TellsOfTheOpeningAndTheClosingOnly) {
  Attempt(kWorked, 5);
  Attempt(kFailed, 15);
  ASSERT_EQ(observer_.openings.size(), 1u);
  EXPECT_EQ(observer_.openings[0].counts.attempts, 20u);
  EXPECT_EQ(observer_.openings[0].counts.failures, 15u);
  EXPECT_EQ(observer_.openings[0].last_failure, kFailed.reason);
  for (int i = 0; i < 10; ++i) {
    EXPECT_FALSE(Enter());
    now_ += 750ms;
    Attempt(kFailed);
  }
  now_ += 750ms;
  Attempt(kWorked, 2);
  EXPECT_EQ(observer_.openings.size(), 1u);
  ASSERT_EQ(observer_.closings.size(), 1u);
  EXPECT_EQ(observer_.closings[0].was_open, 8250ms);
  EXPECT_EQ(observer_.closings[0].refused, 10u);
}

TEST_F(CircuitBreakerTest, KnowsItsLastFailure) {
  EXPECT_EQ(breaker_.last_failure(), 0);
  OpenIt();
  EXPECT_EQ(breaker_.last_failure(), kFailed.reason);
  now_ += 750ms;
  Attempt({RetryClass::kAlways, Health::kFails, 77});
  EXPECT_EQ(breaker_.last_failure(), 77);
}

}  // namespace
}  // namespace modelgates::gateway
