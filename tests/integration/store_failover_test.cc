#include <gmock/gmock.h>

#include <fstream>
#include <optional>

#include "integration/call_messages.h"
#include "support/fake_upstream.h"
#include "support/gateway_client.h"
#include "support/gateway_process.h"
#include "support/metric_value.h"
#include "support/redis_process.h"
#include "support/sentinel_process.h"
#include "support/subprocess.h"
#include "support/typed_error.h"
#include "support/wait_until.h"

namespace modelgates::gateway {
namespace {

using ::testing::SizeIs;

// Given two real gateways, and a store that is a master with a replica and a sentinel.
class StoreFailover : public testing::Test {
 protected:
  StoreFailover() {
    std::ofstream(pepper_file_) << "pepper-of-the-store-failover-tests-12345678\n";
    AnswerBoth(upstream_);
    EXPECT_TRUE(WaitUntil([&] { return Ask(master_, {"INFO", "replication"}, "state=online"); }));
    sentinel_.emplace(master_.port());
    EXPECT_TRUE(sentinel_->WaitForReplica(replica_.port()));
    for (auto* gateway : {&first_, &second_}) {
      gateway->emplace(std::vector<std::string>{
          "--upstream=" + upstream_.url() + "/api/v1",
          "--exchange_store=redis+sentinel://" + sentinel_->address() + "/mymaster",
          "--exchange_pepper_file=" + pepper_file_, "--admin_listen=127.0.0.1:0"});
      EXPECT_TRUE((*gateway)->WaitUntilListening()) << (*gateway)->err();
      EXPECT_TRUE((*gateway)->WaitForLines("redis_master", 1));
    }
    first_client_.emplace(first_->grpc_address());
    second_client_.emplace(second_->grpc_address());
  }
  ~StoreFailover() override { std::remove(pepper_file_.c_str()); }

  // Whether its answer to this command contains `text`.
  static bool Ask(const RedisProcess& redis, const std::vector<std::string>& command,
                  const std::string& text) {
    std::vector<std::string> args = {FindTool("redis-cli"), "-p", std::to_string(redis.port())};
    args.insert(args.end(), command.begin(), command.end());
    Subprocess cli(args);
    EXPECT_EQ(cli.WaitForExit(), 0) << cli.err();
    return cli.out().find(text) != std::string::npos;
  }
  // Whether it knows the result of an exchange.
  static bool HasResult(const RedisProcess& redis) {
    constexpr char kStates[] =
        "local all = '' for _, key in ipairs(redis.call('KEYS', '*')) do "
        "if redis.call('TYPE', key).ok == 'hash' then "
        "all = all .. redis.call('HGET', key, 'state') end end return all";
    return Ask(redis, {"EVAL", kStates, "0"}, "finished");
  }

  const std::string pepper_file_ = testing::TempDir() + "failover-" + std::to_string(getpid());
  RedisProcess master_{{"--repl-diskless-sync-delay", "0"}};
  RedisProcess replica_{{"--replicaof", "127.0.0.1", std::to_string(master_.port())}};
  std::optional<SentinelProcess> sentinel_;
  FakeUpstream upstream_;
  std::optional<GatewayProcess> first_;
  std::optional<GatewayProcess> second_;
  std::optional<GatewayClient> first_client_;
  std::optional<GatewayClient> second_client_;
};

TEST_F(StoreFailover, CostsNoCallAndNoResultThatTheReplicaHas) {
  ASSERT_THAT(first_client_->Exchange(MinimalExchange("code-1")), Succeeds());
  ASSERT_TRUE(WaitUntil([&] { return HasResult(replica_); }));
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

}  // namespace
}  // namespace modelgates::gateway
