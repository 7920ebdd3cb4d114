#include "exchange_fixture.h"
#include "support/memory_exchange_store.h"

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
  Use({.max_known = 3});
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
  Use({.max_known = 4});
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

// What is known without a key makes room after rejections, before anything else.
TEST_F(ExchangeBounds, ASuccessWhoseKeyIsWipedMakesRoomAfterRejections) {
  Use({.max_replays = 1, .max_known = 3});
  Leave("given-1", Key("key-1"));
  Leave("given-2", Key("key-2"));
  for (const char* given : {"given-1", "given-2"}) EXPECT_TRUE(IsKnown(given));
  Leave("rejected", Answer(403));
  Leave("lost", Reset());
  EXPECT_EQ(Count(ExchangeState::kRejected), 0u);
  EXPECT_EQ(Count(ExchangeState::kSpent), 2u);
  Leave("done", Key("key-3"));
  EXPECT_EQ(Begin({.identity = "given-2"}).Reason(), v1::EXCHANGE_ALREADY_COMPLETED);
  EXPECT_EQ(Count(ExchangeState::kSpent), 1u);
  EXPECT_TRUE(IsKnown("lost"));
  EXPECT_TRUE(IsKnown("done"));
  EXPECT_EQ(observer_->memory_full, 0);
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
  EXPECT_EQ(refused.Reason(), v1::GATEWAY_OVERLOADED);
  EXPECT_TRUE(refused.InFlight());
  // Who leaves makes room.
  ExchangeTest::Leave(first);
  const Caller& next = Begin();
  EXPECT_FALSE(next.done());
  loop_.Advance(1s);
  EXPECT_EQ(next.Got(), "key-1");
  EXPECT_EQ(Sends(), 1u);
}

// Given an upstream that answers nobody, when callers come, wait a little and leave, then no more
// exchanges are under way than allowed, and the code of one more is not sent.
TEST_F(ExchangeBounds, NoMoreAreUnderWayThanAllowedWhoeverHasLeft) {
  Use({.cap = 30s, .max_running = 10});
  transport_.Otherwise(Answer(500), ScriptedTransport::kSilence);
  int refused = 0;
  for (int i = 0; i < 150; ++i) {
    Caller& caller =
        Begin({.identity = "code-" + std::to_string(i), .deadline = 300ms, .retries = false});
    if (i % 3 == 1) ExchangeTest::Leave(caller);
    if (i % 3 == 2) loop_.Advance(100ms);
    if (!caller.done() || caller.Reason() != v1::GATEWAY_OVERLOADED) continue;
    ++refused;
    EXPECT_FALSE(caller.InFlight());
    EXPECT_FALSE(caller.HasOutcome());
  }
  EXPECT_EQ(refused, 140);
  EXPECT_EQ(Sends(), 10u);
  EXPECT_EQ(transport_.most_in_flight(), 10);
  EXPECT_EQ(exchanges_->running(), 10u);
  EXPECT_EQ(Known(), 10u);
  // The cap ends them, and makes room.
  loop_.Advance(30s);
  EXPECT_EQ(exchanges_->running(), 0u);
  EXPECT_FALSE(Begin({.identity = "next", .deadline = 300ms, .retries = false}).done());
}

TEST_F(ExchangeBounds, AnotherBoundHoldsForTheNextExchange) {
  Use({.max_running = 1});
  transport_.Otherwise(Key("key"), 100ms);
  Begin({.identity = "a"});
  EXPECT_EQ(Begin({.identity = "b"}).Reason(), v1::GATEWAY_OVERLOADED);
  exchanges_->SetMaxRunning(2);
  EXPECT_FALSE(Begin({.identity = "b"}).done());
  exchanges_->SetMaxRunning(1);
  EXPECT_EQ(exchanges_->running(), 2u) << "what is under way goes on";
  EXPECT_EQ(Begin({.identity = "c"}).Reason(), v1::GATEWAY_OVERLOADED);
}

TEST_F(ExchangeBounds, WhoOptedOutOfMemoryIsCountedAsWell) {
  Use({.max_running = 2});
  transport_.Otherwise(Key("key"), 100ms);
  Begin({.identity = "a"});
  Begin({.identity = "a", .once_only = true});
  for (const bool once_only : {false, true}) {
    const Caller& refused = Begin({.identity = "b", .once_only = once_only});
    ASSERT_TRUE(refused.done());
    EXPECT_EQ(refused.Reason(), v1::GATEWAY_OVERLOADED);
  }
  EXPECT_EQ(Sends(), 2u);
}

TEST_F(ExchangeBounds, JoinsAndReplaysNeedNoRoom) {
  Use({.max_running = 1});
  transport_.Then(Key("key-1")).Then(Key("key-2"), 1s);
  Begin({.identity = "over"});
  Begin({.identity = "running"});
  EXPECT_TRUE(Begin({.identity = "over"}).reply.replayed);
  const Caller& joined = Begin({.identity = "running"});
  loop_.Advance(1s);
  EXPECT_TRUE(joined.reply.joined);
  EXPECT_EQ(joined.Got(), "key-2");
}

// Nobody waits for an exchange in its backoff, or before the store has answered, but a caller.
TEST_F(ExchangeBounds, WhatIsNotSentIsGivenUpWithItsLastCaller) {
  Use({.max_running = 1});
  transport_.Otherwise(Refused());
  ExchangeTest::Leave(Begin({.identity = "a"}));
  EXPECT_EQ(exchanges_->running(), 0u);
  EXPECT_FALSE(Begin({.identity = "b", .deadline = 1s}).done());
}

TEST_F(ExchangeBounds, HoldAcrossASharedStoreToo) {
  MemoryExchangeStore store(loop_, 10s, 150s);
  MemoryExchangeStore::Access access(store);
  Use({.cap = 30s, .max_running = 2}, &access);
  transport_.Otherwise(Answer(500), ScriptedTransport::kSilence);
  for (int i = 0; i < 20; ++i) {
    Begin({.identity = "code-" + std::to_string(i), .deadline = 300ms, .retries = false});
    loop_.Advance(100ms);
  }
  EXPECT_EQ(Sends(), 2u);
  EXPECT_EQ(store.StateOf("code-1"), "sending");
  EXPECT_EQ(store.StateOf("code-2"), "");  // refused before anybody was told of it
  EXPECT_TRUE(loop_.AdvanceUntilIdle());   // before the store goes
}

}  // namespace
}  // namespace modelgates::gateway
