#include "exchange_fixture.h"

namespace modelgates::gateway {
namespace {

class ExchangeStates : public ExchangeTest {};

TEST_F(ExchangeStates, FollowAnExchangeFromItsStartToItsEnd) {
  transport_.Then(Refused(), 100ms).Then(Key("key-1"), 100ms);
  EXPECT_EQ(Known(), 0u);
  Begin();
  EXPECT_EQ(Count(ExchangeState::kReserved), 1u);
  loop_.Advance(100ms);
  EXPECT_EQ(Count(ExchangeState::kBackoff), 1u);
  loop_.Advance(500ms);
  EXPECT_EQ(Count(ExchangeState::kSending), 1u);
  loop_.Advance(100ms);
  EXPECT_EQ(Count(ExchangeState::kDone), 1u);
  EXPECT_EQ(Known(), 1u);
  loop_.Advance(30s);
  EXPECT_EQ(Count(ExchangeState::kSpent), 1u);
  EXPECT_EQ(Known(), 1u);
  loop_.Advance(90s);
  EXPECT_EQ(Known(), 0u);
}

TEST_F(ExchangeStates, TellWhatIsRemembered) {
  transport_.Then(Key("key-1")).Then(Key("unreadable")).Then(Answer(403)).Then(Reset());
  for (const char* identity : {"a", "b", "c", "d"}) Begin({.identity = identity});
  EXPECT_EQ(Count(ExchangeState::kDone), 1u);
  EXPECT_EQ(Count(ExchangeState::kSpent), 1u);
  EXPECT_EQ(Count(ExchangeState::kRejected), 1u);
  EXPECT_EQ(Count(ExchangeState::kUnknown), 1u);
  EXPECT_EQ(Known(), 4u);
}

TEST_F(ExchangeStates, CountThoseThatAreSentWithoutMemory) {
  transport_.Otherwise(Key("key-1"), 1s);
  Begin({.once_only = true});
  Begin({.once_only = true});
  EXPECT_EQ(Count(ExchangeState::kSending), 2u);
  loop_.Advance(1s);
  EXPECT_EQ(Known(), 0u);
}

using enum ExchangeState;

struct Change {
  ExchangeState from;
  std::vector<ExchangeState> to;
};

class ExchangeStateChange : public testing::TestWithParam<Change> {};

TEST_P(ExchangeStateChange, IsOneOfTheTable) {
  std::vector<ExchangeState> to;
  for (int i = 0; i <= static_cast<int>(kForgotten); ++i) {
    const auto next = static_cast<ExchangeState>(i);
    if (MayFollow(GetParam().from, next)) to.push_back(next);
  }
  EXPECT_EQ(to, GetParam().to);
}

INSTANTIATE_TEST_SUITE_P(
    All, ExchangeStateChange,
    testing::Values(
        Change{kReserved, {kSending, kBackoff, kDone, kSpent, kRejected, kUnknown, kForgotten}},
        Change{kSending,
               {kReserved, kBackoff, kRecovering, kDone, kSpent, kRejected, kUnknown, kForgotten}},
        Change{kBackoff, {kReserved, kDone, kSpent, kRejected, kUnknown, kForgotten}},
        Change{kRecovering, {kDone, kSpent, kRejected, kUnknown, kForgotten}},
        Change{kDone, {kSpent, kForgotten}}, Change{kSpent, {kForgotten}},
        Change{kRejected, {kForgotten}}, Change{kUnknown, {kForgotten}}, Change{kForgotten, {}}),
    [](const auto& row) { return std::string(ToString(row.param.from)); });

}  // namespace
}  // namespace modelgates::gateway
