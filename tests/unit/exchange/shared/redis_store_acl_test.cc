#include <algorithm>

#include "support/wait_until.h"
#include "unit/exchange/shared/store_fixture.h"

namespace modelgates::gateway {
namespace {

// The user that docs/operating.md tells operators to make.
const std::vector<std::string> kUser = {"on",    ">s3cret",  "~modelgates:oauth:exchange:*",
                                        "+eval", "+evalsha", "+select",
                                        "+wait", "+role",    "+ping",
                                        "+time", "+type",    "+hmget",
                                        "+hset", "+del",     "+exists",
                                        "+set",  "+pexpire"};

std::vector<std::string> OptionsOf(std::vector<std::string> user) {
  user.insert(user.begin(), {"--user", "gateway"});
  return user;
}

// All that a store needs, with peppers that rotate.
void ExpectAllSteps(const RedisProcess& redis) {
  StoreGateway gateway(redis.url("gateway:s3cret@"), kPepperA + "\n" + kPepperB);
  const auto open = [&] {
    return std::make_unique<StoreGateway::Exchange>(gateway, ExampleIdentity());
  };
  const auto first = open();
  EXPECT_EQ(first->Claim(), Found::kClaimed);
  EXPECT_EQ(first->BeginSending(), Step::kDone);
  EXPECT_EQ(first->TakeBack(), Step::kDone);
  EXPECT_EQ(first->Renew(), Step::kDone);
  EXPECT_EQ(first->Forget(), Step::kDone);
  EXPECT_EQ(first->Claim(), Found::kClaimed);
  EXPECT_EQ(first->Finish("record", 2, std::chrono::seconds(100), std::chrono::seconds(200)),
            Step::kDone);
  const auto second = open();
  EXPECT_EQ(second->Claim(), Found::kFinished);
  EXPECT_EQ(second->Claim(), Found::kFinished);
  EXPECT_EQ(second->Claim(), Found::kGivenOut);
  EXPECT_TRUE(gateway.capture().Lines("exchange_store_refused").empty());
}

TEST(RedisStoreAcl, TheDocumentedUserMayDoAllThatIsNeeded) {
  ExpectAllSteps(RedisProcess(OptionsOf(kUser)));
}

// Given a user that lacks one command of the scripts, when a step needs it, then the operator is
// told.
TEST(RedisStoreAcl, AUserThatMayNotDoOneOfThemIsRefusedAndThatIsLogged) {
  for (const std::string lacking : {"+hset", "+pexpire", "+time"}) {
    std::vector<std::string> user = kUser;
    user.erase(std::find(user.begin(), user.end(), lacking));
    const RedisProcess redis(OptionsOf(user));
    StoreGateway gateway(redis.url("gateway:s3cret@"));
    StoreGateway::Exchange exchange(gateway, ExampleIdentity());
    EXPECT_EQ(exchange.Claim(), Found::kUnavailable) << lacking;
    const auto lines = gateway.capture().Lines("exchange_store_refused");
    ASSERT_EQ(lines.size(), 1u) << lacking;
  }
}

// Whether WAIT is permitted shows when a replica is asked for.
TEST(RedisStoreAcl, TheDocumentedUserMayAskForReplicas) {
  std::vector<std::string> options = OptionsOf(kUser);
  options.insert(options.end(), {"--repl-diskless-sync-delay", "0"});
  const RedisProcess master(options);
  const RedisProcess replica({"--replicaof", "127.0.0.1", std::to_string(master.port())});
  RedisOptions one_replica = PatientOptions();
  one_replica.replicas = 1;
  StoreGateway gateway(master.url("gateway:s3cret@"), kPepperA, LongLeases(), one_replica);
  StoreGateway::Exchange exchange(gateway, ExampleIdentity());
  ASSERT_EQ(exchange.Claim(), Found::kClaimed);
  EXPECT_TRUE(WaitUntil([&] { return exchange.BeginSending() == Step::kDone; }));
}

}  // namespace
}  // namespace modelgates::gateway
