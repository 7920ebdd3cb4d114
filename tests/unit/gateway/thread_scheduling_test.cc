#include "gateway/thread_scheduling.h"

#include <gmock/gmock.h>
#include <sched.h>

#include <atomic>
#include <thread>

#include "support/fake_loop.h"

namespace modelgates::gateway {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

class ThreadSchedulingTest : public testing::Test {
 protected:
  ThreadSchedulingTest() { scheduling_.Start(); }

  // One look, before which the process used so many milliseconds of the 200.
  void Use(std::chrono::milliseconds used) {
    cpu_time_ += used;
    loop_.Advance(200ms);
  }

  FakeLoop loop_;
  Duration cpu_time_ = 7s;
  std::vector<Scheduling> set_;
  ThreadScheduling scheduling_{loop_,
                               {.cpu_time = [this] { return cpu_time_; },
                                .set = [this](Scheduling to) { set_.push_back(to); }}};
};

TEST_F(ThreadSchedulingTest, LeavesAQuietProcessAlone) {
  Use(0ms);
  Use(59ms);
  Use(20ms);
  EXPECT_THAT(set_, ElementsAre());
}

TEST_F(ThreadSchedulingTest, FollowsTheLoad) {
  Use(60ms);
  Use(200ms);
  EXPECT_THAT(set_, ElementsAre(Scheduling::kBatch));
  Use(20ms);
  Use(0ms);
  EXPECT_THAT(set_, ElementsAre(Scheduling::kBatch, Scheduling::kPreempting));
}

// In batches the same calls cost half.
TEST_F(ThreadSchedulingTest, DoesNotSwitchBackBecauseBatchesAreCheaper) {
  Use(70ms);
  for (int look = 0; look < 10; ++look) Use(35ms);
  EXPECT_THAT(set_, ElementsAre(Scheduling::kBatch));
}

// Given a look that came late, then it counts the time that passed.
TEST_F(ThreadSchedulingTest, CountsAShareAndNoSum) {
  cpu_time_ += 100ms;
  loop_.Stall(2s);
  loop_.Run();
  EXPECT_THAT(set_, ElementsAre());
}

TEST(ThreadSchedulingOfThisProcess, ReachesEachThread) {
  std::atomic<bool> stop{false};
  pid_t other = 0;
  std::atomic<bool> started{false};
  std::thread thread([&] {
    other = gettid();
    started = true;
    started.notify_all();
    stop.wait(false);
  });
  started.wait(false);
  const auto system = ThreadScheduling::OfThisProcess();
  system.set(Scheduling::kBatch);
  EXPECT_EQ(sched_getscheduler(0), SCHED_BATCH);
  EXPECT_EQ(sched_getscheduler(other), SCHED_BATCH);
  system.set(Scheduling::kPreempting);
  EXPECT_EQ(sched_getscheduler(0), SCHED_OTHER);
  EXPECT_EQ(sched_getscheduler(other), SCHED_OTHER);
  stop = true;
  stop.notify_all();
  thread.join();
  const Duration before = system.cpu_time();
  while (system.cpu_time() == before) {
  }
  EXPECT_GT(system.cpu_time(), before);
}

}  // namespace
}  // namespace modelgates::gateway
