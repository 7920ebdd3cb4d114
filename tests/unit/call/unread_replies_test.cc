#include "call/unread_replies.h"

#include <gtest/gtest.h>

#include "support/fake_loop.h"

namespace modelgates::gateway {
namespace {

using namespace std::chrono_literals;

struct FakeReply final : SentReply {
  bool IsRead() const override { return read; }
  void GiveUp() override { given_up = true; }

  bool read = false;
  bool given_up = false;
};

class UnreadRepliesTest : public testing::Test {
 protected:
  std::shared_ptr<FakeReply> Add() {
    auto reply = std::make_shared<FakeReply>();
    unread_.Add(reply);
    return reply;
  }

  FakeLoop loop_;
  UnreadReplies unread_{loop_, {.max_replies = 3, .max_at_all = 10, .patience = 10s}};
};

TEST_F(UnreadRepliesTest, AReplyThatWasReadAtOnceIsNotKept) {
  auto reply = std::make_shared<FakeReply>();
  reply->read = true;
  unread_.Add(reply);
  EXPECT_EQ(unread_.size(), 0u);
  EXPECT_FALSE(loop_.HasTimer());
}

TEST_F(UnreadRepliesTest, AReplyThatIsReadInTimeIsLeftAlone) {
  const auto reply = Add();
  loop_.Advance(5s);
  EXPECT_EQ(unread_.size(), 1u);
  reply->read = true;
  loop_.Advance(1s);
  EXPECT_EQ(unread_.size(), 0u);
  EXPECT_FALSE(reply->given_up);
  EXPECT_FALSE(loop_.HasTimer());
}

TEST_F(UnreadRepliesTest, AReplyThatIsNotReadIsGivenUpAfterAWhile) {
  const auto first = Add();
  loop_.Advance(5s);
  const auto second = Add();
  loop_.Advance(4s);
  EXPECT_FALSE(first->given_up);
  loop_.Advance(2s);
  EXPECT_TRUE(first->given_up);
  EXPECT_FALSE(second->given_up);
  loop_.Advance(5s);
  EXPECT_TRUE(second->given_up);
  EXPECT_EQ(unread_.size(), 0u);
}

TEST_F(UnreadRepliesTest, TheOldestMakesRoom) {
  const auto first = Add();
  const auto second = Add();
  const auto third = Add();
  const auto fourth = Add();
  loop_.Advance(60ms);
  EXPECT_TRUE(first->given_up);
  EXPECT_FALSE(second->given_up);
  EXPECT_FALSE(third->given_up);
  EXPECT_FALSE(fourth->given_up);
  EXPECT_EQ(unread_.size(), 3u);
}

TEST_F(UnreadRepliesTest, WhatWasReadMakesRoomFirst) {
  const auto first = Add();
  const auto second = Add();
  const auto third = Add();
  second->read = true;
  const auto fourth = Add();
  loop_.Advance(60ms);
  EXPECT_FALSE(first->given_up);
  EXPECT_FALSE(third->given_up);
  EXPECT_FALSE(fourth->given_up);
}

// Given more replies in one turn of the loop than may be unread, then gRPC is given the time to
// send them.
TEST_F(UnreadRepliesTest, AReplyCountsOnceItCouldBeSent) {
  std::vector<std::shared_ptr<FakeReply>> replies;
  for (int i = 0; i < 10; ++i) replies.push_back(Add());
  loop_.Advance(19ms);
  EXPECT_EQ(unread_.size(), 10u);
  for (const auto& reply : replies) reply->read = true;
  loop_.Advance(1min);
  for (const auto& reply : replies) EXPECT_FALSE(reply->given_up);
  EXPECT_EQ(unread_.size(), 0u);
}

TEST_F(UnreadRepliesTest, ThereIsABoundForThoseToo) {
  std::vector<std::shared_ptr<FakeReply>> replies;
  for (int i = 0; i < 10; ++i) replies.push_back(Add());
  replies[3]->read = true;
  Add();
  EXPECT_FALSE(replies[0]->given_up);
  Add();
  EXPECT_TRUE(replies[0]->given_up);
  EXPECT_FALSE(replies[1]->given_up);
  EXPECT_EQ(unread_.size(), 10u);
}

// gRPC's threads stood still as well.
TEST_F(UnreadRepliesTest, AProcessThatStoodStillCancelsNothing) {
  std::vector<std::shared_ptr<FakeReply>> replies;
  for (int i = 0; i < 10; ++i) replies.push_back(Add());
  loop_.Advance(20ms);
  loop_.Stall(1s);
  loop_.Run();
  EXPECT_EQ(unread_.size(), 10u);
  for (const auto& reply : replies) EXPECT_FALSE(reply->given_up);
}

TEST_F(UnreadRepliesTest, LeavesNothingBehind) {
  std::weak_ptr<FakeReply> left;
  {
    UnreadReplies unread(loop_, {});
    auto reply = std::make_shared<FakeReply>();
    left = reply;
    unread.Add(std::move(reply));
    EXPECT_FALSE(left.expired());
  }
  EXPECT_TRUE(left.expired());
  EXPECT_FALSE(loop_.HasTimer());
}

}  // namespace
}  // namespace modelgates::gateway
