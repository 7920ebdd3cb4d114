#include "exchange_fixture.h"

namespace modelgates::gateway {
namespace {

class ExchangeReplay : public ExchangeTest {
 protected:
  // The key of the one exchange that was sent is not given again, and nothing else is sent.
  void ExpectGivenOut() {
    const Caller& repeat = Finish();
    EXPECT_EQ(repeat.Reason(), v1::EXCHANGE_ALREADY_COMPLETED);
    EXPECT_FALSE(repeat.HasOutcome());
    EXPECT_FALSE(repeat.InFlight());
    EXPECT_FALSE(repeat.reply.replayed);
    EXPECT_EQ(Sends(), 1u);
  }
};

TEST_F(ExchangeReplay, ASuccessIsGivenAgainFiveTimes) {
  transport_.Then(Key("key-1"), 100ms);
  EXPECT_FALSE(Finish().reply.replayed);
  for (int i = 0; i < 5; ++i) {
    const Caller& repeat = Finish();
    EXPECT_EQ(repeat.Got(), "key-1");
    EXPECT_TRUE(repeat.reply.replayed);
    EXPECT_FALSE(repeat.reply.joined);
  }
  ExpectGivenOut();
}

// A strict server revokes the key when it sees the code again.
TEST_F(ExchangeReplay, NothingIsSentOnceTheKeyWasGivenOftenEnough) {
  transport_.Then(Key("key-1"), 100ms).Then(Answer(403), 100ms);
  const Caller& first = Finish();
  for (int i = 0; i < 5; ++i) Finish();
  for (int i = 0; i < 20; ++i) ExpectGivenOut();
  EXPECT_EQ(Count(ExchangeState::kDone), 0u);
  EXPECT_EQ(Count(ExchangeState::kSpent), 1u);
  // As long as a spent code is remembered, which begins with the answer.
  loop_.Advance(first.replied_at + 120s - 1ms - loop_.Now());
  ExpectGivenOut();
  loop_.Advance(1ms);
  EXPECT_EQ(Known(), 0u);
  EXPECT_EQ(Finish().Got(), "status 403");
}

TEST_F(ExchangeReplay, NothingIsSentOnceTheKeyWasGivenLongEnough) {
  transport_.Then(Key("key-1"), 100ms).Then(Answer(403), 100ms);
  const Caller& first = Finish();
  const size_t with_key = exchanges_->remembered_bytes();
  loop_.Advance(30s);
  EXPECT_EQ(exchanges_->remembered_bytes(), with_key - std::string("key-1").size());
  ExpectGivenOut();
  loop_.Advance(first.replied_at + 120s - loop_.Now());
  EXPECT_EQ(Known(), 0u);
  EXPECT_EQ(exchanges_->remembered_bytes(), 0u);
  EXPECT_EQ(Finish().Got(), "status 403");
}

TEST_F(ExchangeReplay, WhenNobodyWaitedTheFirstReplayIsTheDelivery) {
  transport_.Then(Key("key-1"), 1s);
  EXPECT_EQ(Finish({.deadline = 500ms}).Reason(), v1::EXCHANGE_IN_PROGRESS);
  loop_.Advance(1s);
  for (int i = 0; i < 6; ++i) EXPECT_EQ(Finish().Got(), "key-1");
  ExpectGivenOut();
}

TEST_F(ExchangeReplay, AnAnswerWithoutAnyWaitCountsAsDelivered) {
  transport_.Then(Key("key-1"));
  for (int i = 0; i < 6; ++i) EXPECT_EQ(Finish().Got(), "key-1");
  ExpectGivenOut();
}

TEST_F(ExchangeReplay, NoReplaysAreNone) {
  Use({.max_replays = 0});
  transport_.Then(Key("key-1"), 1s).Then(Key("key-2"), 1s);
  EXPECT_EQ(Finish().Got(), "key-1");
  EXPECT_EQ(Known(), 0u);
  Finish({.deadline = 500ms});
  loop_.Advance(1s);
  EXPECT_EQ(Finish().Got(), "key-2");
  EXPECT_EQ(Count(ExchangeState::kDone), 0u);
  EXPECT_EQ(Finish().Reason(), v1::EXCHANGE_ALREADY_COMPLETED);
}

TEST_F(ExchangeReplay, ASuccessWithoutVerifierIsNotKept) {
  transport_.Then(Key("key-1"), 100ms).Then(Answer(403), 100ms);
  EXPECT_EQ(Finish({.verifier = false}).Got(), "key-1");
  EXPECT_EQ(Known(), 0u);
  EXPECT_EQ(Finish({.verifier = false}).Got(), "status 403");
}

// How long each result is kept; zero: not at all.
struct Memory {
  const char* name;
  HttpResult result;
  Duration kept;
};

class ExchangeMemory : public ExchangeTest, public testing::WithParamInterface<Memory> {};

TEST_P(ExchangeMemory, IsGivenAgainUntilItsTimeIsOver) {
  const Duration kept = GetParam().kept;
  transport_.Then(GetParam().result, 10ms).Then(Key("second"), 10ms);
  const Caller& first = Begin({.retries = false});
  loop_.Advance(10ms);
  ASSERT_TRUE(first.done());
  EXPECT_FALSE(first.reply.replayed);
  if (kept > Duration::zero()) {
    loop_.Advance(kept - 1ms);
    const Caller& repeat = Begin();
    EXPECT_TRUE(repeat.reply.replayed);
    EXPECT_EQ(repeat.Got(), first.Got());
    EXPECT_EQ(Sends(), 1u);
    loop_.Advance(1ms);
  }
  EXPECT_EQ(Known(), 0u);
  EXPECT_EQ(Finish().Got(), "second");
}

HttpResult TruncatedAnswer(int http_status) {
  return TransportError{TransportFailure::kTruncated, Delivery::kAnswered, http_status};
}

INSTANTIATE_TEST_SUITE_P(All, ExchangeMemory,
                         testing::Values(Memory{"Rejected", Answer(403), 5s},
                                         Memory{"Lost", Reset(), 120s},
                                         Memory{"ServerError", Answer(500), 120s},
                                         Memory{"Unreadable", Key("unreadable"), 120s},
                                         Memory{"SpentAndTruncated", TruncatedAnswer(200), 120s},
                                         Memory{"NeverSent", Refused(), 0s},
                                         Memory{"RateLimited", Answer(429), 0s}),
                         [](const auto& row) { return std::string(row.param.name); });

TEST_F(ExchangeReplay, OnlyASuccessHasALimitOfReplays) {
  transport_.Then(Reset(), 100ms);
  for (int i = 0; i < 50; ++i) EXPECT_EQ(Finish().Got(), "reset");
  EXPECT_EQ(Sends(), 1u);
}

TEST_F(ExchangeReplay, AFailureIsKeptWithoutVerifierToo) {
  transport_.Then(Reset(), 100ms);
  Finish({.verifier = false});
  EXPECT_EQ(Finish({.verifier = false}).Got(), "reset");
  EXPECT_EQ(Sends(), 1u);
}

TEST_F(ExchangeReplay, NoTimeIsNoMemory) {
  Use({.success_ttl = 0s});
  transport_.Then(Key("key-1"), 100ms).Then(Answer(403), 100ms);
  EXPECT_EQ(Finish().Got(), "key-1");
  EXPECT_EQ(Finish().Got(), "status 403");
}

TEST_F(ExchangeReplay, AnotherIdentityNeverMeetsIt) {
  transport_.Then(Key("key-1"), 100ms).Then(Answer(403), 100ms);
  Finish({.identity = "code-1"});
  EXPECT_EQ(Finish({.identity = "code-2"}).Got(), "status 403");
}

TEST_F(ExchangeReplay, OnceOnlyIsGivenNothingAgain) {
  transport_.Then(Key("key-1"), 100ms).Then(Answer(403), 100ms);
  Finish();
  EXPECT_EQ(Finish({.once_only = true}).Got(), "status 403");
}

TEST_F(ExchangeReplay, ARegistryThatGoesAwayLeavesNoTimers) {
  transport_.Then(Reset(), 100ms);
  Finish();
  EXPECT_TRUE(loop_.HasTimer());
  exchanges_.reset();
  EXPECT_FALSE(loop_.HasTimer());
}

}  // namespace
}  // namespace modelgates::gateway
