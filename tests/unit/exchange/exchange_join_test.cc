#include "exchange_fixture.h"

namespace modelgates::gateway {
namespace {

class ExchangeJoin : public ExchangeTest {};

TEST_F(ExchangeJoin, AHundredIdenticalCallsAtOnceAreOneRequestAndOneKey) {
  transport_.Then(Key("key-1"), 200ms);
  for (int i = 0; i < 100; ++i) Begin();
  EXPECT_EQ(exchanges_->in_flight(), 1u);
  loop_.Advance(200ms);
  EXPECT_EQ(Sends(), 1u);
  for (const Caller& caller : callers_) {
    EXPECT_EQ(caller.replies, 1);
    EXPECT_EQ(caller.Reason(), v1::ERROR_REASON_UNSPECIFIED);
    EXPECT_EQ(caller.Got(), "key-1");
    EXPECT_EQ(caller.reply.joined, &caller != &callers_.front());
    EXPECT_FALSE(caller.reply.replayed);
  }
  EXPECT_EQ(exchanges_->in_flight(), 0u);
}

TEST_F(ExchangeJoin, AFailureToo) {
  transport_.Then(Answer(403), 200ms);
  for (int i = 0; i < 100; ++i) Begin();
  loop_.Advance(200ms);
  EXPECT_EQ(Sends(), 1u);
  for (const Caller& caller : callers_) EXPECT_EQ(caller.Got(), "status 403");
}

TEST_F(ExchangeJoin, AVerifierIsNotNeededWhileItRuns) {
  transport_.Then(Key("key-1"), 200ms);
  const Caller& first = Begin({.verifier = false});
  const Caller& second = Begin({.verifier = false});
  loop_.Advance(200ms);
  EXPECT_EQ(first.Got(), "key-1");
  EXPECT_EQ(second.Got(), "key-1");
  EXPECT_EQ(Sends(), 1u);
}

TEST_F(ExchangeJoin, AnotherIdentityHasAnExchangeOfItsOwn) {
  transport_.Then(Key("key-1"), 200ms).Then(Answer(403), 100ms);
  const Caller& first = Begin({.identity = "code-1"});
  const Caller& other = Begin({.identity = "code-2"});
  loop_.Advance(200ms);
  EXPECT_EQ(first.Got(), "key-1");
  EXPECT_EQ(other.Got(), "status 403");
  EXPECT_FALSE(other.reply.joined);
  EXPECT_EQ(Sends(), 2u);
}

// Given a first caller with little time, and a second with much,
// when the connection fails after the first has left, then it is tried again for the second.
TEST_F(ExchangeJoin, RetriesGoOnUntilTheLastDeadlineOfThemAll) {
  transport_.Then(Refused(), 300ms).Then(Key("key-1"), 100ms);
  const Caller& first = Begin({.deadline = 200ms});
  const Caller& second = Begin({.deadline = 10s});
  loop_.Advance(200ms);
  EXPECT_EQ(first.Reason(), v1::DEADLINE_EXCEEDED);
  EXPECT_FALSE(second.done());
  loop_.Advance(5s);
  EXPECT_EQ(second.Got(), "key-1");
  EXPECT_EQ(Sends(), 2u);
}

TEST_F(ExchangeJoin, TheFirstCallersRetryPolicyIsThatOfAll) {
  transport_.Then(Refused(), 100ms);
  Begin({.retries = false});
  const Caller& second = Begin({.retries = true});
  loop_.Advance(100ms);
  EXPECT_EQ(second.Got(), "connect");
  EXPECT_EQ(second.outcome().stop, StopReason::kRetriesOff);
}

TEST_F(ExchangeJoin, OnceOnlyNeitherJoinsNorIsJoined) {
  transport_.Then(Key("key-1"), 200ms).Then(Answer(403), 200ms).Then(Answer(400), 200ms);
  const Caller& first = Begin();
  const Caller& once = Begin({.once_only = true});
  const Caller& again = Begin({.once_only = true});
  loop_.Advance(200ms);
  EXPECT_EQ(first.Got(), "key-1");
  EXPECT_EQ(once.Got(), "status 403");
  EXPECT_EQ(again.Got(), "status 400");
  EXPECT_FALSE(once.reply.joined);
  // Nor does it take away what the others left, or leave anything itself.
  const Caller& repeat = Finish();
  EXPECT_EQ(repeat.Got(), "key-1");
  EXPECT_EQ(Known(), 1u);
}

TEST_F(ExchangeJoin, AboveTheBoundCallsWorkWithoutJoinAndMemory) {
  Use({.max_known = 2});
  transport_.Otherwise(Key("key"), 100ms);
  Begin({.identity = "a"});
  Begin({.identity = "b"});
  const Caller& third = Begin({.identity = "c"});
  const Caller& twin = Begin({.identity = "c"});
  EXPECT_EQ(Sends(), 4u);
  loop_.Advance(100ms);
  EXPECT_EQ(third.Got(), "key");
  EXPECT_EQ(twin.Got(), "key");
  EXPECT_EQ(Count(ExchangeState::kDone), 2u);
  EXPECT_TRUE(Finish({.identity = "a"}).reply.replayed);
  EXPECT_FALSE(Finish({.identity = "c"}).reply.replayed);

  loop_.Advance(120s);
  Finish({.identity = "c"});
  EXPECT_TRUE(Finish({.identity = "c"}).reply.replayed);
}

}  // namespace
}  // namespace modelgates::gateway
