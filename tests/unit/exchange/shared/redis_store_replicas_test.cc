#include "support/sentinel_process.h"
#include "support/wait_until.h"
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

TEST_F(StoreFixture, StepsOfNoConsequenceNeedNoReplica) {
  StoreGateway careful(redis_.url(), kPepperA, LongLeases(), OneReplica());
  Exchange exchange(careful, identity_);
  EXPECT_EQ(exchange.Claim(), Found::kClaimed);
  EXPECT_EQ(exchange.Renew(), Step::kDone);
  EXPECT_EQ(exchange.TakeBack(), Step::kDone);
  // It is asked for a replica, but is done without one.
  EXPECT_EQ(exchange.Finish("record"), Step::kDone);
  EXPECT_EQ(careful.capture().Lines("exchange_store_refused").size(), 0u);
}

// Given a master that is lost after it has answered a step, and a replica that is promoted, when
// the step is repeated there, then it is done as the newest of its claim.
TEST(RedisStoreFailover, StepsAreRepeatedAtTheNextMaster) {
  RedisProcess master({"--repl-diskless-sync-delay", "0"});
  const RedisProcess replica({"--replicaof", "127.0.0.1", std::to_string(master.port())});
  const SentinelProcess sentinel(master.port());
  ASSERT_TRUE(sentinel.WaitForReplica(replica.port()));
  RedisOptions options = OneReplica();
  options.replicas = 0;
  options.failover_wait = std::chrono::minutes(1);
  StoreGateway gateway("redis+sentinel://" + sentinel.address() + "/mymaster", kPepperA,
                       LongLeases(), options);
  StoreGateway::Exchange first(gateway, ExampleIdentity());
  ASSERT_EQ(first.Claim(), Found::kClaimed);
  ClientRunner at_replica(replica.url());
  ASSERT_TRUE(WaitUntil([&] { return at_replica.Call({"DBSIZE"}) == ":1"; }));
  master.Kill();
  EXPECT_EQ(first.BeginSending(), Step::kDone);
  EXPECT_EQ(first.Finish("record"), Step::kDone);
  StoreGateway::Exchange again(gateway, ExampleIdentity());
  EXPECT_EQ(again.Claim(), Found::kFinished);
  EXPECT_EQ(again.record(), "record");
}

}  // namespace
}  // namespace modelgates::gateway
