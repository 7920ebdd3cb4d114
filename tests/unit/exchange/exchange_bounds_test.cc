#include "exchange_fixture.h"

namespace modelgates::gateway {
namespace {

class ExchangeBounds : public ExchangeTest {
 protected:
  // Lets an exchange of this identity end so.
  void Leave(const std::string& identity, HttpResult result) {
    transport_.Then(std::move(result));
    ASSERT_TRUE(Begin({.identity = identity}).done());
  }
  bool IsKnown(const std::string& identity) {
    transport_.Otherwise(Answer(429));
    return Begin({.identity = identity, .retries = false}).reply.replayed;
  }
};

TEST_F(ExchangeBounds, ARejectionMakesRoomForANewExchangeTheOldestFirst) {
  Use({.max_exchanges = 3});
  Leave("done", Key("key-1"));
  Leave("rejected-1", Answer(403));
  Leave("rejected-2", Answer(403));
  Leave("lost", Reset());
  EXPECT_EQ(Count(ExchangeState::kRejected), 1u);
  EXPECT_TRUE(IsKnown("done"));
  EXPECT_TRUE(IsKnown("lost"));
  EXPECT_TRUE(IsKnown("rejected-2"));
  EXPECT_EQ(observer_->memory_full, 0);
}

TEST_F(ExchangeBounds, NothingElseDoes) {
  Use({.max_exchanges = 4});
  Leave("done", Key("key-1"));
  Leave("spent", Key("unreadable"));
  Leave("lost", Reset());
  transport_.Then(Key("key-2"), 10s);
  Begin({.identity = "running"});
  Leave("new", Key("key-3"));
  EXPECT_EQ(observer_->memory_full, 1);
  for (const char* known : {"done", "spent", "lost"}) EXPECT_TRUE(IsKnown(known)) << known;
  EXPECT_EQ(exchanges_->in_flight(), 1u);
  EXPECT_FALSE(IsKnown("new"));
}

TEST_F(ExchangeBounds, AnAnswerThatDoesNotFitIsDeliveredAndForgotten) {
  Use({.max_bytes = 64 * 1024});
  Leave("small", Key("key-1"));
  transport_.Then(Key(std::string(60'000, 'a'))).Then(Key(std::string(10'000, 'b')));
  EXPECT_EQ(Begin({.identity = "large"}).Got().size(), 60'000u);
  EXPECT_EQ(Begin({.identity = "too much"}).Got().size(), 10'000u);
  EXPECT_EQ(observer_->memory_full, 1);
  EXPECT_LE(exchanges_->remembered_bytes(), 64u * 1024);
  EXPECT_TRUE(IsKnown("small"));
  EXPECT_TRUE(IsKnown("large"));
  EXPECT_FALSE(IsKnown("too much"));
}

TEST_F(ExchangeBounds, ARejectionMakesRoomForBytesToo) {
  Use({.max_bytes = 64 * 1024});
  HttpResponse page = Answer(403);
  page.body = std::string(50'000, 'x');
  Leave("rejected", page);
  Leave("done", Key(std::string(30'000, 'k')));
  EXPECT_EQ(Count(ExchangeState::kRejected), 0u);
  EXPECT_TRUE(IsKnown("done"));
  EXPECT_EQ(observer_->memory_full, 0);
}

TEST_F(ExchangeBounds, BytesAreGivenBackWithTheMemory) {
  for (int i = 0; i < 50; ++i) {
    Leave("code-" + std::to_string(i), i % 2 == 0 ? HttpResult(Key("key")) : HttpResult(Reset()));
  }
  EXPECT_GT(exchanges_->remembered_bytes(), 0u);
  loop_.Advance(120s);
  EXPECT_EQ(exchanges_->remembered_bytes(), 0u);
}

TEST_F(ExchangeBounds, OneMoreWaiterThanAllowedIsRefusedAndSendsNothing) {
  Use({.max_waiters = 3});
  transport_.Then(Key("key-1"), 1s);
  Caller& first = Begin();
  for (int i = 0; i < 2; ++i) Begin();
  const Caller& refused = Begin();
  EXPECT_EQ(refused.reply.end, End::kCrowded);
  EXPECT_TRUE(refused.reply.sent);
  // Who leaves makes room.
  ExchangeTest::Leave(first);
  const Caller& next = Begin();
  EXPECT_FALSE(next.done());
  loop_.Advance(1s);
  EXPECT_EQ(next.Got(), "key-1");
  EXPECT_EQ(Sends(), 1u);
}

}  // namespace
}  // namespace modelgates::gateway
