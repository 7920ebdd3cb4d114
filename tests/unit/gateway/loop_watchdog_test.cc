#include "gateway/loop_watchdog.h"

#include <gmock/gmock.h>

#include <future>
#include <memory>
#include <vector>

#include "support/fake_loop.h"
#include "support/loop_thread.h"

namespace modelgates::gateway {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr int kLooks = 10;

class LoopWatchdogTest : public testing::Test {
 protected:
  LoopWatchdogTest() { watchdog_.StartTimer(); }

  void LookWhileItTurns(int looks) {
    for (int i = 0; i < looks; ++i) {
      loop_.Advance(LoopWatchdog::Options().interval);
      watchdog_.Look();
    }
  }
  void LookWhileItHangs(int looks) {
    for (int i = 0; i < looks; ++i) watchdog_.Look();
  }

  std::vector<bool> changes_;
  FakeLoop loop_;
  LoopWatchdog watchdog_{
      loop_, [this](bool turns) { changes_.push_back(turns); }, {.looks = kLooks}};
};

TEST_F(LoopWatchdogTest, SaysNothingOfALoopThatTurns) {
  LookWhileItTurns(3 * kLooks);
  EXPECT_TRUE(watchdog_.turns());
  EXPECT_THAT(changes_, IsEmpty());
}

TEST_F(LoopWatchdogTest, SeesALoopThatHangsAndOneThatGoesOn) {
  LookWhileItTurns(1);
  LookWhileItHangs(kLooks - 1);
  EXPECT_TRUE(watchdog_.turns());
  LookWhileItHangs(1);
  EXPECT_FALSE(watchdog_.turns());
  LookWhileItHangs(kLooks);
  EXPECT_THAT(changes_, ElementsAre(false));
  LookWhileItTurns(1);
  EXPECT_TRUE(watchdog_.turns());
  EXPECT_THAT(changes_, ElementsAre(false, true));
}

// A loop that is slow moves between some of the looks.
TEST_F(LoopWatchdogTest, ForgivesALoopThatIsSlow) {
  for (int i = 0; i < 5; ++i) {
    LookWhileItHangs(kLooks - 1);
    LookWhileItTurns(1);
  }
  EXPECT_THAT(changes_, IsEmpty());
}

TEST_F(LoopWatchdogTest, SeesALoopThatNeverBegan) {
  LookWhileItHangs(kLooks);
  EXPECT_FALSE(watchdog_.turns());
}

// With its thread and a real loop, which a task holds up.
TEST(LoopWatchdogThread, SeesARealLoopHangAndGoOn) {
  LoopThread loop;
  std::promise<void> hangs;
  std::promise<void> turns;
  std::promise<void> go_on;
  auto watchdog = std::make_unique<LoopWatchdog>(
      loop.loop(), [&](bool now) { (now ? turns : hangs).set_value(); },
      LoopWatchdog::Options{.interval = std::chrono::milliseconds(10), .looks = 20});
  watchdog->Start();
  loop.loop().Post([&] { go_on.get_future().wait(); });
  hangs.get_future().wait();
  go_on.set_value();
  turns.get_future().wait();
  watchdog->Stop();
  watchdog->Stop();
  // Its timer is the loop's.
  loop.On([&] { watchdog.reset(); });
}

}  // namespace
}  // namespace modelgates::gateway
