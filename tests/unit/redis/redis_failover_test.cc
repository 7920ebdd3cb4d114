#include <gtest/gtest.h>

#include <optional>

#include "redis/redis_client.h"
#include "support/redis_process.h"
#include "support/sentinel_process.h"
#include "support/test_certificate.h"
#include "support/wait_until.h"
#include "unit/redis/client_runner.h"

namespace modelgates::gateway {
namespace {

using namespace std::chrono_literals;

// As a gateway has them, but patient with a busy machine.
RedisOptions Checked() {
  RedisOptions options = PatientOptions();
  options.heartbeat = 100ms;
  return options;
}

// Given a real master with a replica, watched by a real sentinel.
class RedisFailover : public testing::Test {
 protected:
  RedisFailover() {
    // Before that its acknowledgements do not count.
    ClientRunner master(master_.url());
    EXPECT_TRUE(WaitUntil([&] {
      return master.Call({"INFO", "replication"}).find("state=online") != std::string::npos;
    }));
    sentinel_.emplace(master_.port());
    EXPECT_TRUE(sentinel_->WaitForReplica(replica_.port()));
  }

  std::string url() const { return "redis+sentinel://" + sentinel_->address() + "/mymaster"; }
  static std::string AddressOf(const RedisProcess& redis) {
    return "127.0.0.1:" + std::to_string(redis.port());
  }
  static void SetReplicated(ClientRunner& client) {
    ASSERT_EQ(client.Call({"SET", "key", "replicated"}), "+OK");
    ASSERT_TRUE(WaitUntil([&] { return client.Call({"WAIT", "1", "500"}) == ":1"; }));
  }
  void ExpectMoved(ClientRunner& client) {
    ASSERT_TRUE(client.capture().WaitForLines("redis_master", 2));
    const auto line = client.capture().Lines("redis_master")[1];
    EXPECT_EQ(line["node"], AddressOf(replica_));
    EXPECT_EQ(line["previous_node"], AddressOf(master_));
    EXPECT_EQ(client.Call({"GET", "key"}), "$replicated");
    EXPECT_EQ(client.Call({"SET", "key", "after"}), "+OK");
  }

  RedisProcess master_{{"--repl-diskless-sync-delay", "0"}};
  RedisProcess replica_{{"--replicaof", "127.0.0.1", std::to_string(master_.port())}};
  std::optional<SentinelProcess> sentinel_;
};

TEST_F(RedisFailover, OfAMasterThatIsKilledIsFollowed) {
  ClientRunner client(url(), Checked());
  SetReplicated(client);
  master_.Kill();
  ExpectMoved(client);
}

TEST_F(RedisFailover, OfAMasterThatHangsIsFollowed) {
  RedisOptions options = Checked();
  options.limits.call_timeout = 1s;
  ClientRunner client(url(), options);
  SetReplicated(client);
  master_.Pause();
  ExpectMoved(client);
  // It still takes itself for the master, and nobody asks it.
  master_.Continue();
  EXPECT_EQ(client.Call({"GET", "key"}), "$after");
}

TEST_F(RedisFailover, ThatAnOperatorOrdersIsFollowed) {
  ClientRunner client(url(), Checked());
  SetReplicated(client);
  // Refused until the sentinel has heard from the replica.
  ASSERT_TRUE(WaitUntil([&] {
    Subprocess cli({FindTool("redis-cli"), "-p", std::to_string(sentinel_->port()), "SENTINEL",
                    "FAILOVER", "mymaster"});
    return cli.WaitForExit() == 0 && cli.out().find("OK") != std::string::npos;
  }));
  ExpectMoved(client);
}

TEST(RedisSentinelProcessTest, SpeaksTls) {
  const TestCertificate certificate("127.0.0.1");
  const RedisProcess master({"--requirepass", "pw"}, &certificate);
  const SentinelProcess sentinel(master.port(), &certificate);
  const std::string url = "rediss+sentinel://:pw@" + sentinel.address() + "/mymaster";
  RedisOptions options = PatientOptions();
  options.ca_file = certificate.ca_file();
  ClientRunner client(url, options);
  EXPECT_EQ(client.Call({"SET", "key", "value"}), "+OK");

  const TestCertificate other("127.0.0.1");
  options.ca_file = other.ca_file();
  ClientRunner distrustful(url, options);
  EXPECT_EQ(distrustful.Call({"PING"}), "<down>");
  EXPECT_EQ(distrustful.capture().Lines("redis_down").at(0)["reason"], "tls_untrusted");
}

TEST(RedisSentinelProcessTest, DoesNotKnowAWrongName) {
  const RedisProcess master;
  const SentinelProcess sentinel(master.port());
  ClientRunner client("redis+sentinel://" + sentinel.address() + "/another");
  EXPECT_EQ(client.Call({"PING"}), "<refused>");
  EXPECT_EQ(client.capture().Lines("redis_down").at(0)["reason"], "master_unknown");
}

}  // namespace
}  // namespace modelgates::gateway
