#include "exchange_fixture.h"

namespace modelgates::gateway {
namespace {

class ExchangeLeave : public ExchangeTest {};

TEST_F(ExchangeLeave, BeforeAnythingIsSentACancelledCallEndsTheExchange) {
  transport_.Then(Refused(), 1s).Then(Key("key-1"));
  Caller& caller = Begin();
  Leave(caller);
  EXPECT_EQ(caller.Reason(), v1::CALLER_CANCELLED);
  EXPECT_FALSE(caller.InFlight());
  EXPECT_EQ(transport_.in_flight(), 0);
  EXPECT_EQ(Known(), 0u);
  EXPECT_EQ(Finish().Got(), "key-1");
}

TEST_F(ExchangeLeave, BeforeAnythingIsSentADeadlineEndsTheExchange) {
  transport_.Then(Refused(), 1s).Then(Key("key-1"));
  const Caller& caller = Begin({.deadline = 300ms});
  loop_.Advance(300ms);
  EXPECT_EQ(caller.Reason(), v1::DEADLINE_EXCEEDED);
  EXPECT_EQ(transport_.in_flight(), 0);
  EXPECT_EQ(Known(), 0u);
  EXPECT_EQ(Finish().Got(), "key-1");
}

TEST_F(ExchangeLeave, OneOfTwoLeavesTheOtherWaiting) {
  transport_.Then(Refused(), 1s).Then(Key("key-1"), 1s);
  Caller& first = Begin();
  const Caller& second = Begin();
  Leave(first);
  EXPECT_EQ(first.Reason(), v1::CALLER_CANCELLED);
  EXPECT_EQ(exchanges_->in_flight(), 1u);
  loop_.Advance(5s);
  EXPECT_EQ(second.Got(), "key-1");
}

// A new call must not be held back by an exchange that is over, nor be joined to it.
TEST_F(ExchangeLeave, ACallThatComesWhenTheLastHasLeftStartsAfresh) {
  transport_.Then(Refused(), 1s).Then(Key("key-1"), 50ms);
  Caller& first = Begin();
  Caller* second = nullptr;
  // In the same turn of the loop: first the caller leaves, then the next one comes.
  loop_.Post([&] { first.stop.request_stop(); });
  loop_.Post([&] {
    second = &callers_.emplace_back();
    Spawn(Serve(*second, {}));
  });
  loop_.Run();
  EXPECT_EQ(transport_.in_flight(), 1);
  loop_.Advance(50ms);
  ASSERT_NE(second, nullptr);
  EXPECT_EQ(second->Got(), "key-1");
  EXPECT_FALSE(second->reply.joined);
}

TEST_F(ExchangeLeave, ACallThatComesBeforeTheLastHasLeftJoins) {
  transport_.Then(Refused(), 100ms).Then(Key("key-1"), 50ms);
  Caller& first = Begin();
  Caller* second = nullptr;
  loop_.Post([&] {
    first.stop.request_stop();  // not resumed before the end of this task
    second = &callers_.emplace_back();
    Spawn(Serve(*second, {}));
  });
  loop_.Run();
  EXPECT_TRUE(first.done());
  EXPECT_EQ(exchanges_->in_flight(), 1u);
  loop_.Advance(5s);
  EXPECT_EQ(second->Got(), "key-1");
  EXPECT_TRUE(second->reply.joined);
}

TEST_F(ExchangeLeave, OnceSentACancelledCallChangesNothing) {
  transport_.Then(Key("key-1"), 2s);
  Caller& caller = Begin();
  loop_.Advance(100ms);
  Leave(caller);
  EXPECT_EQ(caller.Reason(), v1::CALLER_CANCELLED);
  EXPECT_TRUE(caller.InFlight());
  EXPECT_EQ(transport_.in_flight(), 1);
  const Caller& repeat = Finish();
  EXPECT_EQ(repeat.Got(), "key-1");
  EXPECT_TRUE(repeat.reply.joined);
  EXPECT_EQ(Sends(), 1u);
}

TEST_F(ExchangeLeave, OnceSentADeadlineIsInProgressAndTheRepeatGetsTheKey) {
  transport_.Then(Key("key-1"), 2s);
  const Caller& caller = Finish({.deadline = 500ms});
  EXPECT_EQ(caller.Reason(), v1::EXCHANGE_IN_PROGRESS);
  loop_.Advance(5s);
  const Caller& repeat = Finish();
  EXPECT_EQ(repeat.Got(), "key-1");
  EXPECT_TRUE(repeat.reply.replayed);
  EXPECT_EQ(Sends(), 1u);
}

TEST_F(ExchangeLeave, ADeadlineInTheTurnOfTheAnswerGivesOneReplyAndLosesNoKey) {
  transport_.Then(Key("key-1"), 500ms);
  const Caller& caller = Finish({.deadline = 500ms});
  EXPECT_EQ(caller.replies, 1);
  EXPECT_EQ(Finish().Got(), "key-1");
  EXPECT_EQ(Sends(), 1u);
}

TEST_F(ExchangeLeave, NothingIsBegunForACallThatIsAlreadyCancelled) {
  Caller& caller = callers_.emplace_back();
  caller.stop.request_stop();
  Spawn(Serve(caller, {}));
  EXPECT_EQ(caller.Reason(), v1::CALLER_CANCELLED);
  EXPECT_EQ(Sends(), 0u);
  EXPECT_EQ(Known(), 0u);
}

TEST_F(ExchangeLeave, ACallThatIsAlreadyCancelledUsesUpNoReplay) {
  Use({.max_replays = 1});
  transport_.Then(Key("key-1"));
  Finish();
  Caller& caller = callers_.emplace_back();
  caller.stop.request_stop();
  Spawn(Serve(caller, {}));
  EXPECT_EQ(caller.Reason(), v1::CALLER_CANCELLED);
  EXPECT_TRUE(Finish().reply.replayed);
}

// Given an exchange that was sent and whose callers have all left,
// when its answer proves the code unused, then it is not sent again for nobody.
TEST_F(ExchangeLeave, WithNobodyLeftAnUnusedCodeIsNotTriedAgain) {
  transport_.Then(AnswerWithRetryAfter(429, "1"), 500ms).Then(Key("key-1"));
  Caller& caller = Begin();
  loop_.Advance(100ms);
  Leave(caller);
  loop_.Advance(10s);
  EXPECT_EQ(Sends(), 1u);
  EXPECT_EQ(Known(), 0u);
  EXPECT_EQ(Finish().Got(), "key-1");
}

TEST_F(ExchangeLeave, DuringABackoffTheLastCallerEndsTheExchange) {
  transport_.Then(AnswerWithRetryAfter(429, "5"), 100ms).Then(Key("key-1"));
  Caller& caller = Begin();
  loop_.Advance(1s);
  EXPECT_EQ(Count(ExchangeState::kBackoff), 1u);
  Leave(caller);
  EXPECT_FALSE(caller.InFlight());
  EXPECT_EQ(Known(), 0u);
  EXPECT_EQ(Finish().Got(), "key-1");
  EXPECT_EQ(Sends(), 2u);
}

TEST_F(ExchangeLeave, OnceOnlyRunsToItsEndToo) {
  transport_.Then(Key("key-1"), 2s);
  Caller& caller = Begin({.once_only = true});
  Leave(caller);
  EXPECT_EQ(exchanges_->in_flight(), 1u);
  loop_.Advance(2s);
  EXPECT_EQ(Known(), 0u);
}

TEST_F(ExchangeLeave, OnceOnlyTakesNothingAwayWhenItLeaves) {
  transport_.Then(Key("key-1"), 2s).Then(Refused(), 1s);
  Begin();
  Caller& once = Begin({.once_only = true});
  Leave(once);
  const Caller& repeat = Finish();
  EXPECT_EQ(repeat.Got(), "key-1");
  EXPECT_TRUE(repeat.reply.joined);
}

TEST_F(ExchangeLeave, TheCapEndsWhatTheUpstreamNeverAnswers) {
  transport_.Then(Key("key-1"), ScriptedTransport::kSilence);
  const Caller& first = Begin({.deadline = 2s});
  const Caller& second = Begin({.deadline = 60s});
  loop_.Advance(29s);
  EXPECT_EQ(first.Reason(), v1::EXCHANGE_IN_PROGRESS);
  EXPECT_FALSE(second.done());
  loop_.Advance(1s);
  EXPECT_EQ(second.Got(), "timeout");
  EXPECT_EQ(exchanges_->in_flight(), 0u);
  EXPECT_EQ(Count(ExchangeState::kUnknown), 1u);
}

TEST_F(ExchangeLeave, AbortEndsEverythingAndCallsTheSentOnesUnknown) {
  transport_.Then(Key("key-1"), 10s).Then(Refused(), 10s);
  transport_.Then(AnswerWithRetryAfter(429, "5"), 10ms).Then(Key("key-1"), 10s);
  const Caller& sent = Begin({.identity = "sent"});
  const Caller& unsent = Begin({.identity = "unsent"});
  const Caller& waiting = Begin({.identity = "waiting"});
  const Caller& once = Begin({.identity = "once", .once_only = true});
  loop_.Advance(100ms);
  EXPECT_EQ(exchanges_->in_flight(), 4u);
  exchanges_->Abort();
  loop_.Run();
  EXPECT_EQ(exchanges_->in_flight(), 0u);
  EXPECT_EQ(transport_.in_flight(), 0);
  EXPECT_EQ(sent.Got(), "reset");
  EXPECT_EQ(unsent.Got(), "cancelled");
  EXPECT_EQ(waiting.Got(), "cancelled");
  EXPECT_EQ(once.Got(), "reset");
  EXPECT_EQ(Known(), 1u);
  EXPECT_EQ(Count(ExchangeState::kUnknown), 1u);
}

}  // namespace
}  // namespace modelgates::gateway
