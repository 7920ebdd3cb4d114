#include "base/event_loop.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "base/task.h"
#include "base/wait_point.h"
#include "support/fake_loop.h"

namespace modelgates::gateway {
namespace {

using namespace std::chrono_literals;

class EventLoopTest : public testing::Test {
 protected:
  Task<void> Wait(TimePoint when) {
    WaitPoint point(loop_);
    const std::stop_token never;
    co_await point.Wait(when, never);
    order_ += "timer ";
  }

  FakeLoop loop_;
  std::string order_;
};

TEST_F(EventLoopTest, ATurnRunsTheTasksThatWerePostedBeforeItAndThenTimers) {
  Spawn(Wait(loop_.Now()));
  loop_.Post([this] {
    order_ += "first ";
    loop_.Post([this] { order_ += "third "; });
  });
  loop_.Post([this] { order_ += "second "; });
  EXPECT_TRUE(loop_.Turn());
  EXPECT_EQ(order_, "first second timer ");
  EXPECT_TRUE(loop_.Turn());
  EXPECT_EQ(order_, "first second timer third ");
  EXPECT_FALSE(loop_.Turn());
}

TEST_F(EventLoopTest, TasksThatKeepComingDoNotStarveTimers) {
  std::function<void()> post_again = [&] { loop_.Post(post_again); };
  loop_.Post(post_again);
  Spawn(Wait(loop_.Now() + 10ms));
  ASSERT_TRUE(loop_.Turn());
  EXPECT_EQ(order_, "");
  loop_.Stall(10ms);
  ASSERT_TRUE(loop_.Turn());
  EXPECT_EQ(order_, "timer ");
}

}  // namespace
}  // namespace modelgates::gateway
