#include "unit/exchange/shared/store_fixture.h"

namespace modelgates::gateway {
namespace {

RedisOptions OneReplica() {
  RedisOptions options = PatientOptions();
  options.replicas = 1;
  return options;
}

// The record says more than the holder may rely on, which is the safe side: nobody takes over.
TEST_F(StoreFixture, SendingThatNoReplicaHasIsNotDoneAndStaysWithItsHolder) {
  StoreGateway careful(redis_.url(), kPepperA, LongLeases(), OneReplica());
  Exchange exchange(careful, identity_);
  EXPECT_EQ(exchange.Claim(), Found::kClaimed);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(exchange.BeginSending(), Step::kUnavailable);
    EXPECT_EQ(exchange.Renew(), Step::kDone);
  }
  const auto lines = careful.capture().Lines("exchange_store_refused");
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0]["redis_error"], "NOREPLICAS");
  EXPECT_EQ(Field("state"), "sending");
  Exchange elsewhere(one_, identity_);
  EXPECT_EQ(elsewhere.Claim(), Found::kSending);
  EXPECT_EQ(exchange.Forget(), Step::kDone);
  EXPECT_EQ(elsewhere.Claim(), Found::kClaimed);
}

TEST_F(StoreFixture, OnlySendingWaitsForReplicas) {
  StoreGateway careful(redis_.url(), kPepperA, LongLeases(), OneReplica());
  Exchange exchange(careful, identity_);
  EXPECT_EQ(exchange.Claim(), Found::kClaimed);
  EXPECT_EQ(exchange.Renew(), Step::kDone);
  EXPECT_EQ(exchange.TakeBack(), Step::kDone);
  EXPECT_EQ(exchange.Finish("record"), Step::kDone);
  EXPECT_EQ(careful.capture().Lines("exchange_store_refused").size(), 0u);
}

}  // namespace
}  // namespace modelgates::gateway
