#include <gtest/gtest.h>

#include "unit/exchange/shared/store_fixture.h"

namespace modelgates::gateway {
namespace {

// Two gateways in the middle of a rotation, each with its own order of the same two peppers, or
// one of them not there yet or further.
struct RotationCase {
  std::string name;
  std::string peppers_of_one;
  std::string peppers_of_other;
};

class RedisStoreRotation : public StoreFixture, public testing::WithParamInterface<RotationCase> {
 protected:
  StoreGateway first_{redis_.url(), GetParam().peppers_of_one};
  StoreGateway second_{redis_.url(), GetParam().peppers_of_other};
  Exchange mine_{first_, identity_};
  Exchange theirs_{second_, identity_};
};

TEST_P(RedisStoreRotation, EachFindsWhatTheOtherMakes) {
  ASSERT_EQ(mine_.Claim(), Found::kClaimed);
  EXPECT_EQ(theirs_.Claim(), Found::kReserved);
  ASSERT_EQ(mine_.BeginSending(), Step::kDone);
  EXPECT_EQ(theirs_.Claim(), Found::kSending);
  ASSERT_EQ(mine_.Finish("record", 2), Step::kDone);
  EXPECT_EQ(theirs_.Claim(), Found::kFinished);
  EXPECT_EQ(theirs_.record(), "record");
  EXPECT_EQ(theirs_.Claim(), Found::kFinished);
  EXPECT_TRUE(Keys().empty());
}

TEST_P(RedisStoreRotation, WhatIsTakenOverIsPutUnderThePepperInUse) {
  ASSERT_EQ(mine_.Claim(), Found::kClaimed);
  EndLease();
  ASSERT_EQ(theirs_.Claim(), Found::kClaimed);
  EXPECT_EQ(Keys().size(), 1u);
  EXPECT_EQ(mine_.BeginSending(), Step::kNotOurs);
  EXPECT_EQ(theirs_.BeginSending(), Step::kDone);
  EXPECT_EQ(theirs_.Finish("record"), Step::kDone);
  EXPECT_EQ(mine_.Claim(), Found::kFinished);
  EXPECT_EQ(mine_.record(), "record");
}

INSTANTIATE_TEST_SUITE_P(
    Orders, RedisStoreRotation,
    testing::Values(
        RotationCase{"OldAndBoth", kPepperA, kPepperA + "\n" + kPepperB},
        RotationCase{"BothAndOld", kPepperA + "\n" + kPepperB, kPepperA},
        RotationCase{"BothAndSwapped", kPepperA + "\n" + kPepperB, kPepperB + "\n" + kPepperA},
        RotationCase{"SwappedAndBoth", kPepperB + "\n" + kPepperA, kPepperA + "\n" + kPepperB},
        RotationCase{"SwappedAndNew", kPepperB + "\n" + kPepperA, kPepperB},
        RotationCase{"NewAndSwapped", kPepperB, kPepperB + "\n" + kPepperA}),
    [](const auto& row) { return row.param.name; });

using RedisStorePepper = StoreFixture;

TEST_F(RedisStorePepper, WhoeverHasAnotherFindsNothing) {
  StoreGateway stranger(redis_.url(), kPepperB);
  Exchange mine(one_, identity_);
  Exchange theirs(stranger, identity_);
  ASSERT_EQ(mine.Claim(), Found::kClaimed);
  EXPECT_EQ(theirs.Claim(), Found::kClaimed);
  EXPECT_EQ(Keys().size(), 2u);
}

}  // namespace
}  // namespace modelgates::gateway
