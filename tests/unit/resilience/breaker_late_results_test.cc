#include "breaker_fixture.h"

// Results that come in long after their attempts began: an upstream that hangs.

namespace modelgates::gateway {
namespace {

class BreakerLateResults : public BreakerTest {
 protected:
  std::vector<Ticket> BeginMany(int count) {
    std::vector<Ticket> tickets;
    for (int i = 0; i < count; ++i) tickets.push_back(Begin());
    return tickets;
  }
};

TEST_F(BreakerLateResults, AHangingProbeDoesNotHoldUpTheNext) {
  OpenIt();
  now_ += 750ms;
  const Ticket hanging = Begin();
  now_ += 750ms;
  Attempt(kWorked, 2);
  EXPECT_EQ(StateNow(), State::kClosed);
  now_ += 10s;
  End(hanging, kFailed);
  EXPECT_EQ(StateNow(), State::kClosed);
  Attempt(kFailed, 19);
  EXPECT_EQ(StateNow(), State::kClosed) << "the probe is counted nowhere";
}

TEST_F(BreakerLateResults, AProbeIsNotContradictedByAnOlderOne) {
  OpenIt();
  now_ += 750ms;
  const Ticket hanging = Begin();
  now_ += 750ms;
  Attempt(kWorked);
  End(hanging, kFailed);
  EXPECT_EQ(StateNow(), State::kHalfOpen);
  Attempt(kWorked);
  EXPECT_EQ(StateNow(), State::kClosed);

  OpenIt();
  now_ += 750ms;
  const Ticket slow = Begin();
  now_ += 750ms;
  Attempt(kFailed);
  End(slow, kWorked);
  EXPECT_EQ(StateNow(), State::kOpen);
}

// An upstream that needs longer than the interval is slow, not down.
TEST_F(BreakerLateResults, SlowProbesThatSucceedInTheirOrderCloseIt) {
  OpenIt();
  now_ += 750ms;
  const Ticket first = Begin();
  now_ += 750ms;
  const Ticket second = Begin();
  now_ += 250ms;
  End(first, kWorked);
  now_ += 750ms;
  End(second, kWorked);
  EXPECT_EQ(StateNow(), State::kClosed);
}

TEST_F(BreakerLateResults, AttemptsFromBeforeTheOpeningDecideNothing) {
  const std::vector<Ticket> failing = BeginMany(500);
  const std::vector<Ticket> working = BeginMany(500);
  for (const Ticket ticket : failing) End(ticket, kFailed);
  EXPECT_EQ(observer_.openings.size(), 1u);
  EXPECT_EQ(observer_.openings[0].counts.attempts, 20u);
  for (const Ticket ticket : working) End(ticket, kWorked);
  EXPECT_EQ(StateNow(), State::kOpen);
  EXPECT_EQ(RetryIn(), 750ms) << "not prolonged";
}

// A thousand requests hang in an outage. It ends; their timeouts must not begin another.
TEST_F(BreakerLateResults, AttemptsFromBeforeTheOutageDoNotOpenItAgain) {
  const std::vector<Ticket> hanging = BeginMany(1000);
  OpenIt();
  now_ += 750ms;
  Attempt(kWorked, 2);
  ASSERT_EQ(StateNow(), State::kClosed);
  for (const Ticket ticket : hanging) End(ticket, kFailed);
  EXPECT_EQ(StateNow(), State::kClosed);
}

TEST_F(BreakerLateResults, AProbeThatIsNeverTold) {
  OpenIt();
  for (int i = 0; i < 100; ++i) {
    now_ += 750ms;
    Begin();
    EXPECT_FALSE(Enter());
  }
  now_ += 750ms;
  Attempt(kWorked, 2);
  EXPECT_EQ(StateNow(), State::kClosed);
}

}  // namespace
}  // namespace modelgates::gateway
