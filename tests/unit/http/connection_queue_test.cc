#include "http/connection_queue.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/fake_loop.h"

namespace modelgates::gateway {
namespace {

using namespace std::chrono_literals;
using Need = ConnectionQueue::Need;
using End = ConnectionQueue::End;

class Queue : public testing::Test {
 protected:
  // One call that waits, by its number.
  struct Call {
    std::string got;  // empty: it waits
    std::optional<ConnectionPlace> place;
    std::stop_source stop;
    std::stop_token token = stop.get_token();
  };

  // Nobody waits on when a test has ended.
  ~Queue() override {
    if (queue_) queue_->Close();
    loop_.Run();
  }

  void Make(size_t connections, size_t connects) {
    queue_ = std::make_shared<ConnectionQueue>(
        loop_, ConnectionQueue::Limits{
                   .connections = connections, .connects = connects, .connect_timeout = 3s});
  }

  Call& Come(Duration deadline = 30s) {
    Call& call = *calls_.emplace_back(std::make_unique<Call>());
    Spawn(Wait(call, loop_.Now() + deadline));
    loop_.Run();
    return call;
  }

  Task<void> Wait(Call& call, TimePoint deadline) {
    Task<ConnectionQueue::Result> wait = queue_->Wait(Need::kAny, deadline, call.token);
    ConnectionQueue::Result result = co_await wait;
    if (auto* place = std::get_if<ConnectionPlace>(&result)) {
      call.place.emplace(std::move(*place));
      call.got = "turn";
    } else {
      constexpr const char* kNames[] = {"timeout", "connect timeout", "stopped", "closed"};
      call.got = kNames[static_cast<size_t>(std::get<End>(result))];
    }
  }

  FakeLoop loop_;
  std::shared_ptr<ConnectionQueue> queue_;
  std::vector<std::unique_ptr<Call>> calls_;
};

TEST_F(Queue, LimitsHowManyConnectAtOnce) {
  Make(100, 2);
  Call& first = Come();
  Call& second = Come();
  Call& third = Come();
  Call& fourth = Come();
  EXPECT_EQ(first.got, "turn");
  EXPECT_EQ(second.got, "turn");
  EXPECT_EQ(third.got, "");
  // Made: that one is out of the way.
  first.place->Made();
  loop_.Run();
  EXPECT_EQ(third.got, "turn");
  // Not made: so is that one.
  second.place.reset();
  loop_.Run();
  EXPECT_EQ(fourth.got, "turn");
}

TEST_F(Queue, LimitsHowManyThereAre) {
  Make(2, 10);
  Call& first = Come();
  Come().place->Made();
  first.place->Made();
  EXPECT_TRUE(queue_->full());
  Call& third = Come();
  Call& fourth = Come();
  EXPECT_EQ(third.got, "");
  first.place.reset();
  loop_.Run();
  EXPECT_EQ(third.got, "turn");
  EXPECT_EQ(fourth.got, "");
}

TEST_F(Queue, IsFair) {
  Make(1, 1);
  Call& holder = Come();
  std::vector<Call*> waiting;
  for (int i = 0; i < 5; ++i) waiting.push_back(&Come());
  Call* before = &holder;
  for (Call* next : waiting) {
    EXPECT_EQ(next->got, "");
    before->place.reset();
    loop_.Run();
    EXPECT_EQ(next->got, "turn");
    before = next;
  }
}

// Who comes when there is room does not overtake those who wait.
TEST_F(Queue, LetsNobodyOvertake) {
  Make(1, 1);
  Call& holder = Come();
  Call& waiting = Come();
  holder.place.reset();
  Call& late = Come();
  EXPECT_EQ(waiting.got, "turn");
  EXPECT_EQ(late.got, "");
}

TEST_F(Queue, OfThoseWhoWaitForAConnectLosesThemAfterTheConnectTimeout) {
  Make(10, 1);
  Come();
  Call& waiting = Come();
  loop_.Advance(2999ms);
  EXPECT_EQ(waiting.got, "");
  loop_.Advance(1ms);
  EXPECT_EQ(waiting.got, "connect timeout");
}

TEST_F(Queue, OfThoseWhoWaitForOneOfAllLosesThemAtTheirDeadline) {
  Make(1, 1);
  Call& holder = Come();
  holder.place->Made();
  Call& waiting = Come(10s);
  loop_.Advance(9999ms);
  EXPECT_EQ(waiting.got, "");
  loop_.Advance(1ms);
  EXPECT_EQ(waiting.got, "timeout");
  holder.place.reset();
  EXPECT_EQ(Come().got, "turn");
}

TEST_F(Queue, IsLeftByThoseWhoAreStopped) {
  Make(1, 1);
  Call& holder = Come();
  Call& waiting = Come();
  Call& behind = Come();
  waiting.stop.request_stop();
  loop_.Run();
  EXPECT_EQ(waiting.got, "stopped");
  holder.place.reset();
  loop_.Run();
  EXPECT_EQ(behind.got, "turn");
}

// A turn that comes in the moment in which a call gives up is not lost to the others.
TEST_F(Queue, PassesOnWhatNobodyTakes) {
  Make(1, 1);
  Call& holder = Come();
  Call& waiting = Come();
  Call& behind = Come();
  waiting.stop.request_stop();
  holder.place.reset();
  loop_.Run();
  EXPECT_EQ(waiting.got, "turn");
  waiting.place.reset();
  loop_.Run();
  EXPECT_EQ(behind.got, "turn");
}

TEST_F(Queue, LetsAllGoWhenItCloses) {
  Make(1, 1);
  Call& holder = Come();
  Call& waiting = Come();
  queue_->Close();
  loop_.Run();
  EXPECT_EQ(waiting.got, "closed");
  // A place may outlive all but itself.
  queue_.reset();
  holder.place.reset();
}

}  // namespace
}  // namespace modelgates::gateway
