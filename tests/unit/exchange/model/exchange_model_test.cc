#include "unit/exchange/model/exchange_model.h"

#include <gtest/gtest.h>

#include <iostream>

namespace modelgates::gateway::model {
namespace {

// The trace as lines.
std::string Shown(const Explored& explored) {
  std::string text(explored.broken ? ToString(*explored.broken) : "no promise is broken");
  for (const std::string& move : explored.trace) text += "\n  " + move;
  return text;
}

void ExpectEveryPromiseIsKept(const Protocol& protocol, const char* what) {
  const Explored explored = Explore(protocol);
  EXPECT_FALSE(explored.broken) << Shown(explored);
  std::cout << "[ states   ] " << explored.states << ", " << explored.moves << " moves: " << what
            << '\n';
}

constexpr Faults kNoFaults{.store = false,
                           .store_forgets = false,
                           .leases_end = false,
                           .gateways_crash = false,
                           .callers_leave = false,
                           .keys_expire = false,
                           .upstream = false};

Faults OnlyUpstreamFails() {
  Faults faults = kNoFaults;
  faults.callers_leave = faults.upstream = true;
  return faults;
}

// Each fault at each step, where a gateway sends nothing without the store.
TEST(ExchangeModel, KeepsEveryPromiseWhateverFails) {
  ExpectEveryPromiseIsKept({}, "every fault, fail closed");
}

// The same where a gateway serves alone without the store, which then works.
TEST(ExchangeModel, KeepsEveryPromiseWithoutFailClosedWhileTheStoreWorks) {
  Faults faults;
  faults.store = false;
  ExpectEveryPromiseIsKept({.fail_closed = false, .faults = faults}, "the store works");
}

// Each gateway keeps its promises for itself, and what it has seen at the other one is not sent.
// Not with every fault: there would be too many states.
TEST(ExchangeModel, KeepsThePromisesOfASingleGatewayWithoutTheStore) {
  Faults faults;
  faults.gateways_crash = faults.keys_expire = faults.callers_leave = faults.leases_end = false;
  ExpectEveryPromiseIsKept({.fail_closed = false, .faults = faults}, "the store is not required");
}

TEST(ExchangeModel, GivesAnAnswerThatArrivedToEveryCaller) {
  ExpectEveryPromiseIsKept({.replays = kCallers, .faults = OnlyUpstreamFails()},
                           "only the upstream fails, and callers leave");
}

// What ADR 10 says is not protected.
TEST(ExchangeModel, FindsThatAStoreThatForgetsProtectsNothing) {
  Faults faults = kNoFaults;
  faults.store_forgets = true;
  EXPECT_EQ(Explore({.faults = faults}).broken, Promise::kRecordedFirst);
  EXPECT_EQ(Explore({.faults = faults}, Promise::kNeverAgain).broken, Promise::kNeverAgain);
}

// A rule of the protocol is left out, and the model finds the promise that it kept.
struct WeakCase {
  const char* name;
  Weakness weakness;
  Promise broken;
  Protocol protocol{};
};

class WeakProtocol : public testing::TestWithParam<WeakCase> {};

TEST_P(WeakProtocol, IsFoundOut) {
  Protocol protocol = GetParam().protocol;
  protocol.weakness = GetParam().weakness;
  const Explored explored = Explore(protocol, GetParam().broken);
  EXPECT_EQ(explored.broken, GetParam().broken) << Shown(explored);
  EXPECT_FALSE(explored.trace.empty());
  RecordProperty("trace", Shown(explored));
}

INSTANTIATE_TEST_SUITE_P(
    Rules, WeakProtocol,
    testing::Values(
        WeakCase{"FenceIsNotCompared", Weakness::kFenceIsNotCompared, Promise::kOneAtATime},
        WeakCase{"StepsAreNotNumbered", Weakness::kStepsAreNotNumbered, Promise::kOneAtATime},
        WeakCase{"SendingIsTakenOver", Weakness::kSendingIsTakenOver, Promise::kNeverAgain},
        WeakCase{"SendingIsNotRecorded", Weakness::kSendingIsNotRecorded, Promise::kRecordedFirst},
        WeakCase{"SendingIsNotRecordedAndSentTwice", Weakness::kSendingIsNotRecorded,
                 Promise::kNeverAgain},
        WeakCase{"UnknownIsForgotten", Weakness::kUnknownIsForgotten, Promise::kNeverAgain},
        WeakCase{"RecoveredTwice", Weakness::kRecoveredTwice, Promise::kNeverAgain},
        WeakCase{"EndsWithItsCallers", Weakness::kEndsWithItsCallers, Promise::kOneAtATime},
        WeakCase{"RefusalIsBelieved", Weakness::kRefusalIsBelieved, Promise::kErrorIsTrue},
        WeakCase{"LeavingIsUnsent", Weakness::kLeavingIsUnsent, Promise::kErrorIsTrue},
        WeakCase{"LostClaimLooksUnsent", Weakness::kLostClaimLooksUnsent, Promise::kErrorIsTrue},
        WeakCase{"RecordIsNotRead",
                 Weakness::kRecordIsNotRead,
                 Promise::kAnswerReachesAll,
                 {.replays = kCallers, .faults = OnlyUpstreamFails()}},
        WeakCase{"ReplaysAreNotCounted", Weakness::kReplaysAreNotCounted, Promise::kReplaysEnd},
        WeakCase{"SeenElsewhereIsForgotten",
                 Weakness::kSeenElsewhereIsForgotten,
                 Promise::kSeenIsKnown,
                 {.fail_closed = false}},
        WeakCase{"NobodyAsksAgain",
                 Weakness::kNobodyAsksAgain,
                 Promise::kEveryoneIsAnswered,
                 {.faults = kNoFaults}}),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace modelgates::gateway::model
