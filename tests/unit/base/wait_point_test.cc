#include "base/wait_point.h"

#include <gtest/gtest.h>

#include <vector>

#include "base/task.h"
#include "support/fake_loop.h"

namespace modelgates::gateway {
namespace {

using namespace std::chrono_literals;
using Result = WaitPoint::Result;

class WaitPointTest : public testing::Test {
 protected:
  void StartWait(TimePoint deadline) {
    Spawn(WaitOnce(deadline));
    loop_.Run();
  }

  Task<void> WaitOnce(TimePoint deadline) {
    const std::stop_token stop = stop_.get_token();
    results_.push_back(co_await point_.Wait(deadline, stop));
  }

  FakeLoop loop_;
  WaitPoint point_{loop_};
  std::stop_source stop_;
  std::vector<Result> results_;
};

TEST_F(WaitPointTest, ANotificationEndsTheWait) {
  StartWait(TimePoint::max());
  EXPECT_TRUE(results_.empty());
  point_.Notify();
  EXPECT_TRUE(results_.empty()) << "resumed inside Notify";
  loop_.Run();
  EXPECT_EQ(results_, std::vector{Result::kNotified});
}

TEST_F(WaitPointTest, AnEarlyNotificationIsKeptForOneWait) {
  point_.Notify();
  StartWait(TimePoint::max());
  EXPECT_EQ(results_, std::vector{Result::kNotified});
  StartWait(TimePoint::max());
  EXPECT_EQ(results_.size(), 1u);
  point_.Notify();
  loop_.Run();
}

TEST_F(WaitPointTest, TheDeadlineEndsTheWaitAtItsTime) {
  StartWait(loop_.Now() + 100ms);
  loop_.Advance(99ms);
  EXPECT_TRUE(results_.empty());
  loop_.Advance(1ms);
  EXPECT_EQ(results_, std::vector{Result::kDeadline});
}

TEST_F(WaitPointTest, ADeadlineInThePastDoesNotWait) {
  StartWait(loop_.Now());
  EXPECT_EQ(results_, std::vector{Result::kDeadline});
}

// Given a notification and a deadline, both of which came while the thread did not get the CPU,
// then it is the notification that counts: the loop cannot know which of them was first.
TEST_F(WaitPointTest, ANotificationCountsBeforeADeadlineThatPassedMeanwhile) {
  StartWait(loop_.Now() + 100ms);
  loop_.Post([this] { point_.Notify(); });
  loop_.Stall(300ms);
  loop_.Run();
  EXPECT_EQ(results_, std::vector{Result::kNotified});
}

TEST_F(WaitPointTest, AStopRequestEndsTheWaitNowAndLater) {
  StartWait(TimePoint::max());
  stop_.request_stop();
  loop_.Run();
  StartWait(TimePoint::max());
  EXPECT_EQ(results_, (std::vector{Result::kStopped, Result::kStopped}));
}

TEST_F(WaitPointTest, TheFirstEventWinsAndLeavesNoTimer) {
  StartWait(loop_.Now() + 1s);
  point_.Notify();
  stop_.request_stop();
  loop_.Advance(2s);
  EXPECT_EQ(results_, std::vector{Result::kNotified});
  EXPECT_FALSE(loop_.HasTimer());
}

}  // namespace
}  // namespace modelgates::gateway
