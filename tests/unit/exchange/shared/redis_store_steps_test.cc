#include <gmock/gmock.h>

#include "unit/exchange/shared/store_fixture.h"

namespace modelgates::gateway {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

class RedisStoreSteps : public StoreFixture {
 protected:
  Exchange mine_{one_, identity_};
  Exchange theirs_{other_, identity_};
};

TEST_F(RedisStoreSteps, OneClaimsItAndTheOtherSeesHowFarItIs) {
  EXPECT_EQ(mine_.Claim(), Found::kClaimed);
  EXPECT_EQ(theirs_.Claim(), Found::kReserved);
  EXPECT_EQ(mine_.BeginSending(), Step::kDone);
  EXPECT_EQ(theirs_.Claim(), Found::kSending);
  EXPECT_EQ(mine_.TakeBack(), Step::kDone);
  EXPECT_EQ(theirs_.Claim(), Found::kReserved);
  EXPECT_EQ(mine_.BeginSending(), Step::kDone);
  EXPECT_EQ(mine_.Renew(), Step::kDone);
  EXPECT_EQ(theirs_.Claim(), Found::kSending);
  EXPECT_EQ(mine_.Finish("the record"), Step::kDone);
  EXPECT_EQ(theirs_.Claim(), Found::kFinished);
  EXPECT_EQ(theirs_.record(), "the record");
  EXPECT_EQ(mine_.Claim(), Found::kFinished);
  EXPECT_EQ(mine_.record(), "the record");
}

TEST_F(RedisStoreSteps, BeginningTwiceIsGoodForARecovery) {
  ASSERT_EQ(mine_.Claim(), Found::kClaimed);
  EXPECT_EQ(mine_.BeginSending(), Step::kDone);
  EXPECT_EQ(mine_.BeginSending(), Step::kDone);
  EXPECT_EQ(theirs_.Claim(), Found::kSending);
}

TEST_F(RedisStoreSteps, AClaimMayBeFinishedUnsent) {
  ASSERT_EQ(mine_.Claim(), Found::kClaimed);
  EXPECT_EQ(mine_.Finish("rejected"), Step::kDone);
  EXPECT_EQ(theirs_.Claim(), Found::kFinished);
  EXPECT_EQ(theirs_.record(), "rejected");
}

TEST_F(RedisStoreSteps, AnotherIdentityIsAnotherExchange) {
  ExchangeIdentity identity = identity_;
  identity.credential = "Bearer another";
  Exchange another(other_, identity);
  ASSERT_EQ(mine_.Claim(), Found::kClaimed);
  EXPECT_EQ(another.Claim(), Found::kClaimed);
  EXPECT_EQ(mine_.Finish("mine"), Step::kDone);
  EXPECT_EQ(another.Finish("another's"), Step::kDone);
  EXPECT_EQ(theirs_.Claim(), Found::kFinished);
  EXPECT_EQ(theirs_.record(), "mine");
}

TEST_F(RedisStoreSteps, WhatIsForgottenIsAnybodysAgain) {
  ASSERT_EQ(mine_.Claim(), Found::kClaimed);
  EXPECT_EQ(mine_.Forget(), Step::kDone);
  EXPECT_TRUE(Keys().empty());
  EXPECT_EQ(mine_.BeginSending(), Step::kNotOurs);
  EXPECT_EQ(theirs_.Claim(), Found::kClaimed);
  EXPECT_EQ(theirs_.BeginSending(), Step::kDone);
  EXPECT_EQ(theirs_.Forget(), Step::kDone);
  EXPECT_EQ(mine_.Claim(), Found::kClaimed);
}

TEST_F(RedisStoreSteps, WhatIsKeptForNoTimeIsForgotten) {
  ASSERT_EQ(mine_.Claim(), Found::kClaimed);
  EXPECT_EQ(mine_.Finish("record", 0, 0s), Step::kDone);
  EXPECT_EQ(theirs_.Claim(), Found::kClaimed);
}

TEST_F(RedisStoreSteps, NobodyMovesWhatHeHasNotClaimed) {
  const auto expect_not_theirs = [this] {
    EXPECT_EQ(theirs_.BeginSending(), Step::kNotOurs);
    EXPECT_EQ(theirs_.TakeBack(), Step::kNotOurs);
    EXPECT_EQ(theirs_.Renew(), Step::kNotOurs);
    EXPECT_EQ(theirs_.Finish("theirs"), Step::kNotOurs);
    EXPECT_EQ(theirs_.Forget(), Step::kNotOurs);
  };
  expect_not_theirs();
  ASSERT_EQ(mine_.Claim(), Found::kClaimed);
  expect_not_theirs();
  ASSERT_EQ(mine_.BeginSending(), Step::kDone);
  expect_not_theirs();
  ASSERT_EQ(mine_.Finish("mine"), Step::kDone);
  expect_not_theirs();
  EXPECT_EQ(theirs_.Claim(), Found::kFinished);
  EXPECT_EQ(theirs_.record(), "mine");
}

TEST_F(RedisStoreSteps, WhatIsFinishedIsNotMovedByItsOwnHolderEither) {
  ASSERT_EQ(mine_.Claim(), Found::kClaimed);
  ASSERT_EQ(mine_.Finish("first"), Step::kDone);
  EXPECT_EQ(mine_.BeginSending(), Step::kNotOurs);
  EXPECT_EQ(mine_.Renew(), Step::kNotOurs);
  EXPECT_EQ(mine_.Finish("second"), Step::kNotOurs);
  EXPECT_EQ(mine_.Forget(), Step::kNotOurs);
  EXPECT_EQ(theirs_.Claim(), Found::kFinished);
  EXPECT_EQ(theirs_.record(), "first");
}

TEST_F(RedisStoreSteps, ALeaseThatEndsUnsentIsTakenOverAndItsHolderIsTold) {
  ASSERT_EQ(mine_.Claim(), Found::kClaimed);
  EndLease();
  EXPECT_EQ(theirs_.Claim(), Found::kClaimed);
  EXPECT_EQ(mine_.BeginSending(), Step::kNotOurs);
  EXPECT_EQ(mine_.Finish("mine"), Step::kNotOurs);
  EXPECT_EQ(mine_.Forget(), Step::kNotOurs);
  EXPECT_EQ(mine_.Claim(), Found::kReserved);
  EXPECT_EQ(theirs_.BeginSending(), Step::kDone);
  EXPECT_EQ(theirs_.Finish("theirs"), Step::kDone);
  EXPECT_EQ(mine_.Claim(), Found::kFinished);
  EXPECT_EQ(mine_.record(), "theirs");
}

TEST_F(RedisStoreSteps, ASlowHolderGoesOnWhereNobodyTookOver) {
  ASSERT_EQ(mine_.Claim(), Found::kClaimed);
  EndLease();
  EXPECT_EQ(mine_.BeginSending(), Step::kDone);
  EXPECT_EQ(theirs_.Claim(), Found::kSending);
}

TEST_F(RedisStoreSteps, ALeaseThatEndsWhileSendingIsTakenOverByNobody) {
  ASSERT_EQ(mine_.Claim(), Found::kClaimed);
  ASSERT_EQ(mine_.BeginSending(), Step::kDone);
  EndLease();
  EXPECT_EQ(theirs_.Claim(), Found::kLost);
  EXPECT_EQ(theirs_.Claim(), Found::kLost);
  EXPECT_EQ(theirs_.Finish("theirs"), Step::kNotOurs);
  // It was only slow.
  EXPECT_EQ(mine_.Finish("the key"), Step::kDone);
  EXPECT_EQ(theirs_.Claim(), Found::kFinished);
  EXPECT_EQ(theirs_.record(), "the key");
}

TEST_F(RedisStoreSteps, ARenewalGivesTheWholeLeaseAgain) {
  ASSERT_EQ(mine_.Claim(), Found::kClaimed);
  ASSERT_EQ(mine_.BeginSending(), Step::kDone);
  EndLease();
  ASSERT_EQ(theirs_.Claim(), Found::kLost);
  EXPECT_EQ(mine_.Renew(), Step::kDone);
  EXPECT_EQ(theirs_.Claim(), Found::kSending);
}

TEST_F(RedisStoreSteps, ReplaysAreCountedInAllGatewaysTogether) {
  ASSERT_EQ(mine_.Claim(), Found::kClaimed);
  ASSERT_EQ(mine_.Finish("record", 3), Step::kDone);
  EXPECT_EQ(theirs_.Claim(), Found::kFinished);
  EXPECT_EQ(mine_.Claim(), Found::kFinished);
  EXPECT_EQ(Field("replays"), "1");
  EXPECT_EQ(theirs_.Claim(), Found::kFinished);
  EXPECT_TRUE(Keys().empty());
  EXPECT_EQ(theirs_.Claim(), Found::kClaimed);
}

// Once the record was given often enough, or is gone, it stays known that it was there, for a
// while.
TEST_F(RedisStoreSteps, WhatWasGivenOutIsNobodysToClaim) {
  for (const bool often_enough : {true, false}) {
    ASSERT_EQ(mine_.Claim(), Found::kClaimed);
    ASSERT_EQ(mine_.BeginSending(), Step::kDone);
    ASSERT_EQ(mine_.Finish("record", 1, 1'000s, 2'000s), Step::kDone);
    std::vector<std::string> keys = Keys();
    ASSERT_EQ(keys.size(), 2u);
    if (keys[0].size() > keys[1].size()) std::swap(keys[0], keys[1]);
    if (often_enough) {
      EXPECT_EQ(theirs_.Claim(), Found::kFinished);
    } else {
      admin_.Call({"DEL", keys[0]});  // as time would
    }
    ASSERT_EQ(Key(), keys[1]);
    EXPECT_EQ(admin_.Call({"TYPE", keys[1]}), "+string");
    EXPECT_GT(KeptSeconds(), 1'900);
    EXPECT_LE(KeptSeconds(), 2'000);
    EXPECT_EQ(theirs_.Claim(), Found::kGivenOut);
    EXPECT_EQ(mine_.Claim(), Found::kGivenOut);
    EXPECT_EQ(mine_.BeginSending(), Step::kNotOurs);
    admin_.Call({"DEL", keys[1]});
  }
  EXPECT_EQ(theirs_.Claim(), Found::kClaimed);
}

TEST_F(RedisStoreSteps, WithoutALimitReplaysDoNotEnd) {
  ASSERT_EQ(mine_.Claim(), Found::kClaimed);
  ASSERT_EQ(mine_.Finish("record", SharedExchange::kNoLimit), Step::kDone);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(theirs_.Claim(), Found::kFinished);
}

TEST_F(RedisStoreSteps, WhatNobodyMayFindIsForgotten) {
  ASSERT_EQ(mine_.Claim(), Found::kClaimed);
  EXPECT_EQ(mine_.Finish("record", 0), Step::kDone);
  EXPECT_TRUE(Keys().empty());
}

TEST_F(RedisStoreSteps, NothingStaysForEver) {
  ASSERT_EQ(mine_.Claim(), Found::kClaimed);
  EXPECT_GT(KeptSeconds(), 10'000);
  EXPECT_LE(KeptSeconds(), 20'000);
  ASSERT_EQ(mine_.BeginSending(), Step::kDone);
  EXPECT_GT(KeptSeconds(), 100'000);
  EXPECT_LE(KeptSeconds(), 110'000);
  admin_.Call({"PERSIST", Key()});
  ASSERT_EQ(mine_.Renew(), Step::kDone);
  EXPECT_GT(KeptSeconds(), 100'000);
  ASSERT_EQ(mine_.TakeBack(), Step::kDone);
  EXPECT_GT(KeptSeconds(), 10'000);
  EXPECT_LE(KeptSeconds(), 20'000);
  ASSERT_EQ(mine_.Finish("record", 5, 5'000s), Step::kDone);
  EXPECT_GT(KeptSeconds(), 0);
  EXPECT_LE(KeptSeconds(), 5'000);
  ASSERT_EQ(theirs_.Claim(), Found::kFinished);
  EXPECT_GT(KeptSeconds(), 0);
}

// No clock of a test: the server's own ends it.
TEST_F(RedisStoreSteps, ALeaseEndsByItself) {
  RedisExchangeStoreOptions options;
  options.lease = 1ms;
  StoreGateway hasty(redis_.url(), kPepperA, options);
  Exchange theirs(hasty, identity_);
  ASSERT_EQ(theirs.Claim(), Found::kClaimed);
  Found found = Found::kReserved;
  while (found == Found::kReserved) found = mine_.Claim();
  EXPECT_EQ(found, Found::kClaimed);
}

TEST_F(RedisStoreSteps, ARepeatedClaimOfTheSameHolderIsHis) {
  ASSERT_EQ(mine_.Claim(), Found::kClaimed);
  EXPECT_EQ(mine_.Claim(), Found::kClaimed);
  EXPECT_EQ(theirs_.Claim(), Found::kReserved);
  EXPECT_EQ(mine_.BeginSending(), Step::kDone);
  EXPECT_EQ(mine_.Claim(), Found::kSending);
}

TEST_F(RedisStoreSteps, FencesNeverComeAgain) {
  std::set<std::string> fences;
  for (int i = 0; i < 20; ++i) {
    Exchange again(i % 2 == 0 ? one_ : other_, identity_);
    ASSERT_EQ(again.Claim(), Found::kClaimed);
    fences.insert(Field("fence"));
    ASSERT_EQ(again.Forget(), Step::kDone);
  }
  EXPECT_EQ(fences.size(), 20u);
}

TEST_F(RedisStoreSteps, TheServerLearnsNoSecret) {
  ASSERT_EQ(mine_.Claim(), Found::kClaimed);
  ASSERT_EQ(mine_.BeginSending(), Step::kDone);
  EXPECT_EQ(Key().substr(0, 26), "modelgates:oauth:exchange:");
  EXPECT_EQ(Key().size(), 26 + 64u);
  EXPECT_THAT(Key() + admin_.Call({"HGETALL", Key()}), Not(HasSubstr("canary")));
  ASSERT_EQ(mine_.Finish("canary-key canary-key canary-key"), Step::kDone);
  EXPECT_THAT(Key() + admin_.Call({"HGETALL", Key()}), Not(HasSubstr("canary")));
  EXPECT_EQ(admin_.Call({"HLEN", Key()}), ":3");
}

TEST_F(RedisStoreSteps, ALargeRecordComesBackWhole) {
  const std::string large(400'000, 'r');
  ASSERT_EQ(mine_.Claim(), Found::kClaimed);
  ASSERT_EQ(mine_.Finish(large), Step::kDone);
  ASSERT_EQ(theirs_.Claim(), Found::kFinished);
  EXPECT_TRUE(theirs_.record() == large);
}

// Of all that claim at once one has it.
TEST_F(RedisStoreSteps, OneOfManyGetsIt) {
  std::vector<std::unique_ptr<Exchange>> all;
  for (int i = 0; i < 10; ++i) {
    all.push_back(std::make_unique<Exchange>(i % 2 == 0 ? one_ : other_, identity_));
  }
  std::vector<std::future<Found>> found;
  for (auto& exchange : all) {
    found.push_back(std::async(std::launch::async, [&exchange] { return exchange->Claim(); }));
  }
  int claimed = 0;
  for (auto& each : found) claimed += each.get() == Found::kClaimed ? 1 : 0;
  EXPECT_EQ(claimed, 1);
}

}  // namespace
}  // namespace modelgates::gateway
