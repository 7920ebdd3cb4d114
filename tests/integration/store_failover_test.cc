#include <gmock/gmock.h>
#include <signal.h>

#include <optional>

#include "integration/two_gateways.h"
#include "support/metric_value.h"
#include "support/redis_process.h"
#include "support/sentinel_process.h"
#include "support/subprocess.h"
#include "support/typed_error.h"
#include "support/wait_until.h"

namespace modelgates::gateway {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

// Given two real gateways, and a store that is a master with a replica and a sentinel.
class StoreFailover : public TwoGateways {
 protected:
  StoreFailover() {
    EXPECT_TRUE(WaitUntil([&] { return Ask(master_, {"INFO", "replication"}, "state=online"); }));
    sentinel_.emplace(master_.port());
    EXPECT_TRUE(sentinel_->WaitForReplica(replica_.port()));
  }

  void Start(const std::vector<std::string>& more = {}) {
    StartBoth("redis+sentinel://" + sentinel_->address() + "/mymaster", more);
    for (auto* gateway : {&*first_, &*second_}) {
      EXPECT_TRUE(gateway->WaitForLines("redis_master", 1));
    }
  }

  // Whether its answer to this command contains `text`.
  static bool Ask(const RedisProcess& redis, const std::vector<std::string>& command,
                  const std::string& text) {
    std::vector<std::string> args = {FindTool("redis-cli"), "-p", std::to_string(redis.port())};
    args.insert(args.end(), command.begin(), command.end());
    Subprocess cli(args);
    EXPECT_EQ(cli.WaitForExit(), 0) << cli.err();
    return cli.out().find(text) != std::string::npos;
  }
  // Whether it has an exchange in this state.
  static bool HasState(const RedisProcess& redis, const std::string& state) {
    constexpr char kStates[] =
        "local all = '' for _, key in ipairs(redis.call('KEYS', '*')) do "
        "if redis.call('TYPE', key).ok == 'hash' then "
        "all = all .. redis.call('HGET', key, 'state') end end return all";
    return Ask(redis, {"EVAL", kStates, "0"}, state);
  }

  RedisProcess master_{{"--repl-diskless-sync-delay", "0"}};
  RedisProcess replica_{{"--replicaof", "127.0.0.1", std::to_string(master_.port())}};
  std::optional<SentinelProcess> sentinel_;
};

TEST_F(StoreFailover, CostsNoCallAndNoResultThatTheReplicaHas) {
  Start();
  ASSERT_THAT(first_client_->Exchange(MinimalExchange("code-1")), Succeeds());
  ASSERT_TRUE(WaitUntil([&] { return HasState(replica_, "finished"); }));
  master_.Kill();
  EXPECT_THAT(first_client_->Exchange(MinimalExchange("code-2")), Succeeds());
  for (auto* gateway : {&*first_, &*second_}) {
    ASSERT_TRUE(gateway->WaitForLines("redis_master", 2));
    const auto line = gateway->Lines("redis_master")[1];
    EXPECT_EQ(line["node"], "127.0.0.1:" + std::to_string(replica_.port()));
    EXPECT_TRUE(
        WaitForMetric(gateway->admin_address(), "oauth_gateway_exchange_store_moves_total", 1));
    EXPECT_TRUE(
        WaitForMetric(gateway->admin_address(), "oauth_gateway_exchange_store_connected", 1));
  }
  const auto repeat = second_client_->Exchange(MinimalExchange("code-1"));
  ASSERT_THAT(repeat, Succeeds());
  EXPECT_EQ(repeat.Trailer("x-modelgates-replayed"), "true");
  EXPECT_THAT(upstream_.Requests(), SizeIs(2));
  // The two gateways share exchanges as before.
  ASSERT_THAT(first_client_->Exchange(MinimalExchange("code-3")), Succeeds());
  EXPECT_THAT(second_client_->Exchange(MinimalExchange("code-3")), Succeeds());
  EXPECT_THAT(upstream_.Requests(), SizeIs(3));
}

// Given a gateway and a master that die together while the upstream has the code, when the call is
// repeated at another gateway, then the promoted replica knows that the code was sent.
TEST_F(StoreFailover, ForgetsNoCodeThatWasSent) {
  Start();
  upstream_.SetDefault(kExchangePath, Answer::Hang());
  auto lost = first_client_->StartExchange(MinimalExchange("code-1"));
  ASSERT_TRUE(upstream_.WaitForRequests(1));
  // At once, unless the machine was so busy that the acknowledgement came late.
  ASSERT_TRUE(WaitUntil([&] { return HasState(replica_, "sending"); }));
  master_.Kill();
  first_->Signal(SIGKILL);
  EXPECT_FALSE(lost->Wait().ok());
  ASSERT_TRUE(second_->WaitForLines("redis_master", 2));
  const auto repeat = second_client_->Exchange(MinimalExchange("code-1"));
  EXPECT_EQ(ErrorOf(repeat).info.reason(), "EXCHANGE_OUTCOME_UNKNOWN");
  EXPECT_EQ(ErrorOf(repeat).Metadata("attempts"), "0");
  EXPECT_THAT(upstream_.Requests(), SizeIs(1));
}

// Given a master that is lost, when a call is repeated at another gateway before there is the next,
// then both wait for it, and the code is sent once.
TEST_F(StoreFailover, IsWaitedForSoThatARepeatMeanwhileIsNotSent) {
  Start({"--exchange_store_failover_wait=60s", "--exchange_store_replicas=0"});
  master_.Kill();
  auto call = first_client_->StartExchange(MinimalExchange("code-1"));
  auto repeat = second_client_->StartExchange(MinimalExchange("code-1"));
  EXPECT_THAT(call->Wait(), Succeeds());
  EXPECT_THAT(repeat->Wait(), Succeeds());
  EXPECT_THAT(upstream_.Requests(), SizeIs(1));
  for (auto* gateway : {&*first_, &*second_}) {
    EXPECT_EQ(gateway->Terminate(), 0) << gateway->err();
    EXPECT_FALSE(gateway->Lines("call").front().contains("degraded"));
  }
}

TEST_F(StoreFailover, WithoutAReplicaAnExchangeIsDegraded) {
  Start({"--exchange_store_failover_wait=100ms"});
  replica_.Kill();
  EXPECT_THAT(first_client_->Exchange(MinimalExchange("code-1")), Succeeds());
  EXPECT_THAT(upstream_.Requests(), SizeIs(1));
  EXPECT_EQ(first_->Terminate(), 0) << first_->err();
  EXPECT_EQ(first_->Lines("call").front()["degraded"], true);
  EXPECT_EQ(first_->Lines("exchange_store_refused").at(0)["redis_error"], "NOREPLICAS");
}

TEST_F(StoreFailover, WithoutAReplicaNothingIsSentWhereThatIsAsked) {
  Start({"--exchange_store_fail_closed", "--exchange_store_failover_wait=100ms"});
  replica_.Kill();
  const auto refused = first_client_->Exchange(MinimalExchange("code-1"));
  EXPECT_EQ(ErrorOf(refused).info.reason(), "EXCHANGE_STORE_UNAVAILABLE");
  EXPECT_EQ(ErrorOf(refused).Metadata("authCodeState"), "UNSENT");
  EXPECT_THAT(upstream_.Requests(), IsEmpty());
  EXPECT_TRUE(
      WaitForMetric(first_->admin_address(), "oauth_gateway_exchange_store_unreplicated_total", 1));
  // The claim is given back, so the code is not lost.
  replica_.StartAgain();
  EXPECT_TRUE(
      WaitUntil([&] { return second_client_->Exchange(MinimalExchange("code-1")).status.ok(); }));
  EXPECT_THAT(upstream_.Requests(), SizeIs(1));
}

TEST_F(StoreFailover, NoReplicaIsNeededWhereThatIsAsked) {
  Start({"--exchange_store_replicas=0"});
  replica_.Kill();
  EXPECT_THAT(first_client_->Exchange(MinimalExchange("code-1")), Succeeds());
  EXPECT_EQ(first_->Terminate(), 0) << first_->err();
  EXPECT_FALSE(first_->Lines("call").front().contains("degraded"));
}

}  // namespace
}  // namespace modelgates::gateway
