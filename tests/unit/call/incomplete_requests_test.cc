#include "call/incomplete_requests.h"

#include <gmock/gmock.h>

#include "support/fake_loop.h"

namespace modelgates::gateway {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

class IncompleteRequestsTest : public testing::Test {
 protected:
  IncompleteRequestsTest() { requests_.SetMaxRequests(3); }

  struct FakeRequest final : IncompleteRequest, std::enable_shared_from_this<FakeRequest> {
    FakeRequest(int its_number, std::vector<int>& numbers)
        : number(its_number), given_up(numbers) {}

    std::shared_ptr<IncompleteRequest> Share() override { return shared_from_this(); }
    void GiveUpRequest(const char* /*why*/) override { given_up.push_back(number); }

    const int number;
    std::vector<int>& given_up;
  };

  FakeRequest& Add(const void* connection = nullptr) {
    const auto& request = all_.emplace_back(
        std::make_shared<FakeRequest>(static_cast<int>(all_.size()) + 1, given_up_));
    requests_.Add(*request, connection);
    return *request;
  }
  void Receive(uint64_t bytes) {
    received_.Add(bytes);
    loop_.Run();
  }

  FakeLoop loop_;
  ByteCounter received_;
  int counted_ = 0;
  std::vector<int> given_up_;  // by number, as they were added
  std::vector<std::shared_ptr<FakeRequest>> all_;
  IncompleteRequests requests_{loop_,
                               received_,
                               {.max_of_connection = 2,
                                .max_ending = 5,
                                .max_bytes = 1000,
                                .patience = 10s,
                                .on_given_up = [this] { ++counted_; }}};
};

TEST_F(IncompleteRequestsTest, ARequestThatIsCompleteIsLeftAlone) {
  FakeRequest& request = Add();
  EXPECT_EQ(requests_.size(), 1u);
  EXPECT_TRUE(requests_.Remove(request));
  EXPECT_EQ(requests_.size(), 0u);
  Receive(5000);
  loop_.Advance(1min);
  EXPECT_THAT(given_up_, ElementsAre());
  EXPECT_FALSE(loop_.HasTimer());
}

TEST_F(IncompleteRequestsTest, TheOldestMakesRoom) {
  for (int i = 0; i < 5; ++i) Add();
  EXPECT_THAT(given_up_, ElementsAre(1, 2));
  EXPECT_EQ(requests_.size(), 3u);
  EXPECT_EQ(counted_, 2);
}

TEST_F(IncompleteRequestsTest, TheBoundOfAllCanChange) {
  requests_.SetMaxRequests(4);
  for (int i = 0; i < 4; ++i) Add();
  EXPECT_THAT(given_up_, ElementsAre());
  requests_.SetMaxRequests(2);
  Add();
  EXPECT_THAT(given_up_, ElementsAre(1, 2, 3));
}

// Given a connection with more than its streams, then its newest are ended, and nobody else's.
TEST_F(IncompleteRequestsTest, AConnectionEndsOnlyItsOwn) {
  const int one = 1;
  const int other = 2;
  Add(&other);
  FakeRequest& complete = Add(&one);
  Add(&one);
  FakeRequest& too_many = Add(&one);
  EXPECT_THAT(given_up_, ElementsAre(4));
  EXPECT_EQ(counted_, 1);
  EXPECT_FALSE(requests_.Remove(too_many));
  EXPECT_TRUE(requests_.Remove(complete));
  Add(&one);
  EXPECT_THAT(given_up_, ElementsAre(4));
}

// Given many requests that were ended and that gRPC still keeps, then it receives slowly.
TEST_F(IncompleteRequestsTest, HoldBackWhoReceivesWhileManyAreEnding) {
  for (int i = 0; i < 7; ++i) Add();
  EXPECT_THAT(given_up_, ElementsAre(1, 2, 3, 4));
  EXPECT_FALSE(received_.crowded());
  Add();
  for (size_t i = 0; i < given_up_.size(); ++i) {
    EXPECT_TRUE(received_.crowded());
    EXPECT_FALSE(requests_.Remove(*all_[i]));
  }
  EXPECT_FALSE(received_.crowded());
}

// What was ended to make room counts no longer for its connection.
TEST_F(IncompleteRequestsTest, WhatMadeRoomIsNoLongerOfItsConnection) {
  const int one = 1;
  Add(&one);
  for (int i = 0; i < 3; ++i) Add();
  EXPECT_THAT(given_up_, ElementsAre(1));
  Add(&one);
  Add(&one);
  EXPECT_THAT(given_up_, ElementsAre(1, 2, 3));
}

// Who loses the race against the end of its call must not be served.
TEST_F(IncompleteRequestsTest, SaysThatARequestWasGivenUp) {
  FakeRequest& first = Add();
  for (int i = 0; i < 3; ++i) Add();
  EXPECT_THAT(given_up_, ElementsAre(1));
  EXPECT_FALSE(requests_.Remove(first));
  EXPECT_EQ(requests_.size(), 3u);
}

TEST_F(IncompleteRequestsTest, ARequestIsGivenUpAfterAWhile) {
  Add();
  loop_.Advance(4s);
  Add();
  EXPECT_THAT(given_up_, ElementsAre());
  loop_.Advance(2s);
  Add();
  loop_.Advance(4s);
  EXPECT_THAT(given_up_, ElementsAre(1, 2));
  loop_.Advance(5s);
  EXPECT_THAT(given_up_, ElementsAre(1, 2, 3));
  EXPECT_FALSE(loop_.HasTimer());
}

TEST_F(IncompleteRequestsTest, AreGivenUpWhenTooMuchHasCome) {
  Add();
  Receive(600);
  Add();
  Receive(399);
  EXPECT_THAT(given_up_, ElementsAre());
  Receive(1);
  EXPECT_THAT(given_up_, ElementsAre(1));
  Receive(600);
  EXPECT_THAT(given_up_, ElementsAre(1, 2));
  EXPECT_EQ(requests_.size(), 0u);
}

// What came for requests that are complete does not count against later ones.
TEST_F(IncompleteRequestsTest, OnlyWhatCameSinceTheyBeganCounts) {
  for (int i = 0; i < 20; ++i) {
    FakeRequest& request = Add();
    Receive(900);
    EXPECT_TRUE(requests_.Remove(request));
  }
  Add();
  Receive(900);
  EXPECT_THAT(given_up_, ElementsAre());
  Receive(100);
  EXPECT_THAT(given_up_, ElementsAre(21));
}

// Until what is too large has ended, whoever receives is told to wait a moment.
TEST_F(IncompleteRequestsTest, HoldBackWhoReceivesUntilTheyHaveEnded) {
  FakeRequest& complete = Add();
  requests_.Remove(complete);
  received_.Add(1000);
  EXPECT_FALSE(received_.crowded());
  FakeRequest& large = Add();
  received_.Add(999);
  EXPECT_FALSE(received_.crowded());
  received_.Add(1);
  EXPECT_TRUE(received_.crowded());
  received_.Add(1);
  EXPECT_TRUE(received_.crowded());
  loop_.Run();
  EXPECT_THAT(given_up_, ElementsAre(2));
  received_.Add(1);
  EXPECT_TRUE(received_.crowded());
  EXPECT_FALSE(requests_.Remove(large));
  received_.Add(1);
  EXPECT_FALSE(received_.crowded());
}

// The loop takes its time; nothing that came meanwhile is forgotten.
TEST_F(IncompleteRequestsTest, TheLoopMayBeLate) {
  for (int i = 0; i < 3; ++i) {
    Add();
    received_.Add(700);
  }
  loop_.Run();
  EXPECT_THAT(given_up_, ElementsAre(1, 2));
  Receive(300);
  EXPECT_THAT(given_up_, ElementsAre(1, 2, 3));
}

TEST(ByteCounter, TellsOnce) {
  struct Alarm final : ByteCounter::Alarm {
    void OnBytes() override { ++count; }
    int count = 0;
  } alarm;
  ByteCounter counter;
  counter.SetAlarm(&alarm);
  counter.Add(50);
  counter.AlarmAt(100);
  counter.Add(49);
  EXPECT_EQ(alarm.count, 0);
  counter.Add(1);
  counter.Add(1000);
  EXPECT_EQ(alarm.count, 1);
  counter.AlarmAt(2000);
  counter.RemoveAlarm(&alarm);
  counter.Add(5000);
  EXPECT_EQ(alarm.count, 1);
  EXPECT_EQ(counter.total(), 6100u);
}

}  // namespace
}  // namespace modelgates::gateway
