#include <gtest/gtest.h>

#include <atomic>

#include "redis/redis_client.h"
#include "support/wait_until.h"
#include "unit/redis/client_runner.h"
#include "unit/redis/fake_sentinel.h"

namespace modelgates::gateway {
namespace {

using namespace std::chrono_literals;

const RedisScript kScript("return ARGV[1]");

// Given two servers, the first one the master, a sentinel that says so, and commands that wait for
// a failover without end.
class RedisFailoverWait : public testing::Test {
 protected:
  static RedisOptions WaitingFor(std::chrono::milliseconds failover, int replicas = 0) {
    RedisOptions options = PatientOptions();
    options.heartbeat = 1h;
    options.replicas = replicas;
    options.replica_timeout = 1ms;
    options.failover_wait = failover;
    return options;
  }
  std::string url() const { return "redis+sentinel://" + sentinel_.address() + "/mymaster"; }
  void Promote() {
    master_.Set("ROLE", kReplicaRole);
    other_.Set("ROLE", kMasterRole);
    sentinel_.Set("SENTINEL", MasterAt(other_.port()));
  }
  // The times that it was repeated are counted.
  std::future<RedisResult> Run(ClientRunner& client, RedisAcks acks = RedisAcks::kServer) {
    return client.thread().Start<RedisResult>([this, &client, acks] {
      return client.client().Run(kScript, {}, {"argument"}, TimePoint::max(), acks,
                                 [this](std::vector<std::string>&) { ++repeats_; });
    });
  }

  ScriptedRedis master_{{{"ROLE", kMasterRole}, {"EVALSHA", "+MASTER\r\n"}, {"WAIT", ":1\r\n"}}};
  ScriptedRedis other_{{{"ROLE", kReplicaRole}, {"EVALSHA", "+OTHER\r\n"}, {"WAIT", ":1\r\n"}}};
  ScriptedRedis sentinel_{{{"SENTINEL", MasterAt(master_.port())}}};
  std::atomic<int> repeats_ = 0;
};

TEST_F(RedisFailoverWait, OfAScriptThatADemotedMasterRefusedEndsAtTheNext) {
  ClientRunner client(url(), WaitingFor(1h));
  ASSERT_EQ(Shown(Run(client).get()), "+MASTER");
  Promote();
  master_.Set("EVALSHA", "-READONLY You can't write against a read only replica.\r\n");
  EXPECT_EQ(Shown(Run(client).get()), "+OTHER");
  EXPECT_EQ(repeats_, 1);
}

TEST_F(RedisFailoverWait, OfACommandLastsAsLongAsNoServerIsTheMaster) {
  ClientRunner client(url(), WaitingFor(1h));
  ASSERT_EQ(Shown(Run(client).get()), "+MASTER");
  master_.Set("ROLE", kReplicaRole);
  master_.Set("EVALSHA", "-READONLY You can't write against a read only replica.\r\n");
  auto first = Run(client);
  ASSERT_TRUE(client.capture().WaitForLines("redis_down", 1));
  auto second = Run(client);
  const int rounds = sentinel_.Count("SENTINEL");
  ASSERT_TRUE(WaitUntil([&] { return sentinel_.Count("SENTINEL") > rounds + 3; }));
  EXPECT_NE(first.wait_for(0s), std::future_status::ready);
  EXPECT_NE(second.wait_for(0s), std::future_status::ready);
  Promote();
  EXPECT_EQ(Shown(first.get()), "+OTHER");
  EXPECT_EQ(Shown(second.get()), "+OTHER");
  EXPECT_EQ(repeats_, 1);  // the second was not sent before
}

// Given many commands that wait, when there is a master, then they reach it in their order: a later
// step of an exchange that comes before an earlier one refuses it.
TEST_F(RedisFailoverWait, LetsNoCommandOvertakeAnother) {
  ClientRunner client(url(), WaitingFor(1h));
  ASSERT_EQ(Shown(Run(client).get()), "+MASTER");
  sentinel_.Set("SENTINEL", MasterAt(other_.port()));
  master_.Set("EVALSHA", "-READONLY You can't write against a read only replica.\r\n");
  std::vector<std::future<RedisResult>> waiting;
  waiting.push_back(Run(client));
  ASSERT_TRUE(client.capture().WaitForLines("redis_down", 1));
  std::vector<std::string> expected = {"0"};
  for (int i = 1; i <= 50; ++i) {
    // Each round of the search wakes all that wait.
    const int rounds = sentinel_.Count("SENTINEL");
    if (i % 10 == 0) {
      ASSERT_TRUE(WaitUntil([&] { return sentinel_.Count("SENTINEL") > rounds; }));
    }
    if (i == 45) Promote();
    const std::string number = std::to_string(i);
    expected.push_back(number);
    waiting.push_back(client.thread().Start<RedisResult>([&client, number] {
      return client.client().Run(kScript, {}, {number}, TimePoint::max());
    }));
  }
  for (auto& result : waiting) EXPECT_EQ(Shown(result.get()), "+OTHER");
  std::vector<std::string> numbers;
  for (const auto& command : other_.Sent("EVALSHA")) numbers.push_back(command.back());
  expected[0] = "argument";
  EXPECT_EQ(numbers, expected);
}

TEST_F(RedisFailoverWait, IsNotForAScriptThatMustNotBeRepeated) {
  ClientRunner client(url(), WaitingFor(1h));
  ASSERT_EQ(Shown(Run(client).get()), "+MASTER");
  Promote();
  master_.Set("EVALSHA", "-READONLY You can't write against a read only replica.\r\n");
  EXPECT_EQ(client.Run(kScript, {}, {}), "<not_master>");
}

TEST_F(RedisFailoverWait, HasAnEnd) {
  ClientRunner client(url(), WaitingFor(300ms));
  ASSERT_EQ(Shown(Run(client).get()), "+MASTER");
  master_.Set("ROLE", kReplicaRole);
  master_.Set("EVALSHA", "-READONLY You can't write against a read only replica.\r\n");
  EXPECT_EQ(Shown(Run(client).get()), "<down>");
}

TEST_F(RedisFailoverWait, EndsWithTheClient) {
  ClientRunner client(url(), WaitingFor(1h, 1));
  ASSERT_EQ(Shown(Run(client).get()), "+MASTER");
  master_.Set("WAIT", ":0\r\n");
  auto unreplicated = Run(client, RedisAcks::kReplicas);
  ASSERT_TRUE(WaitUntil([&] { return master_.Count("WAIT") > 3; }));
  client.Destroy();
  EXPECT_EQ(Shown(unreplicated.get()), "<unreplicated>");
}

TEST_F(RedisFailoverWait, OfAMasterForItsReplicasRepeatsOnlyTheQuestion) {
  ClientRunner client(url(), WaitingFor(1h, 1));
  master_.Set("WAIT", ":0\r\n");
  auto run = Run(client, RedisAcks::kReplicas);
  ASSERT_TRUE(WaitUntil([&] { return master_.Count("WAIT") > 3; }));
  EXPECT_NE(run.wait_for(0s), std::future_status::ready);
  master_.Set("WAIT", ":1\r\n");
  EXPECT_EQ(Shown(run.get()), "+MASTER");
  EXPECT_EQ(repeats_, 0);
  EXPECT_EQ(client.stats().unreplicated, 0u);
}

// As with min-replicas-to-write, of Redis before and since 7.
TEST_F(RedisFailoverWait, OfAMasterThatRefusesToWriteWithoutReplicasRepeatsTheScript) {
  for (const std::string refusal :
       {"-NOREPLICAS Not enough good replicas to write.\r\n",
        "-ERR Error running script: -NOREPLICAS Not enough good replicas to write.\r\n"}) {
    ClientRunner client(url(), WaitingFor(1h));
    repeats_ = 0;
    master_.Set("EVALSHA", refusal);
    auto run = Run(client);
    ASSERT_TRUE(WaitUntil([&] { return repeats_ > 3; }));
    master_.Set("EVALSHA", "+MASTER\r\n");
    EXPECT_EQ(Shown(run.get()), "+MASTER");
  }
}

TEST_F(RedisFailoverWait, ForReplicasThatMayBeMissingEndsWithTheResult) {
  ClientRunner client(url(), WaitingFor(30ms, 1));
  master_.Set("WAIT", ":0\r\n");
  EXPECT_EQ(Shown(Run(client, RedisAcks::kTryReplicas).get()), "+MASTER");
  EXPECT_EQ(Shown(Run(client, RedisAcks::kReplicas).get()), "<unreplicated>");
  EXPECT_EQ(client.stats().unreplicated, 2u);
}

}  // namespace
}  // namespace modelgates::gateway
