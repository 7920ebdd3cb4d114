#include <gmock/gmock.h>

#include "redis/redis_client.h"
#include "support/loopback.h"
#include "support/wait_until.h"
#include "unit/redis/client_runner.h"
#include "unit/redis/fake_sentinel.h"

namespace modelgates::gateway {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

std::string UrlOf(const std::vector<std::string>& sentinels, const std::string& login = "") {
  std::string url = "redis+sentinel://" + login;
  for (size_t i = 0; i < sentinels.size(); ++i) url += (i > 0 ? "," : "") + sentinels[i];
  return url + "/mymaster";
}

RedisOptions HastyChecks() {
  RedisOptions options = PatientOptions();
  options.heartbeat = 1ms;
  return options;
}

RedisOptions NoChecks() {
  RedisOptions options = PatientOptions();
  options.heartbeat = std::chrono::hours(1);
  return options;
}

// Given two servers, the first one the master, and a sentinel that says so.
class RedisSentinel : public testing::Test {
 protected:
  ScriptedRedis master_{{{"ROLE", kMasterRole}, {"PING", "+MASTER\r\n"}}};
  ScriptedRedis other_{{{"ROLE", kReplicaRole}, {"PING", "+OTHER\r\n"}}};
  ScriptedRedis sentinel_{{{"SENTINEL", MasterAt(master_.port())}}};

  void Promote() {
    master_.Set("ROLE", kReplicaRole);
    other_.Set("ROLE", kMasterRole);
    sentinel_.Set("SENTINEL", MasterAt(other_.port()));
  }
};

TEST_F(RedisSentinel, NamesTheMasterThatIsUsed) {
  ClientRunner client(UrlOf({sentinel_.address()}, "me:canary@"), NoChecks());
  EXPECT_EQ(client.Call({"PING"}), "+MASTER");
  EXPECT_EQ(master_.Count("AUTH"), 1);
  EXPECT_EQ(sentinel_.Count("AUTH"), 0);
  EXPECT_EQ(client.capture().Lines("redis_down").size(), 0u);
  const auto lines = client.capture().Lines("redis_master");
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0]["node"], master_.address());
  EXPECT_EQ(lines[0]["url"], "redis+sentinel://***@" + sentinel_.address() + "/mymaster/0");
  EXPECT_FALSE(lines[0].contains("previous_node"));
  EXPECT_THAT(client.capture().text(), Not(HasSubstr("canary")));
  EXPECT_TRUE(client.stats().connected);
  EXPECT_EQ(client.stats().moves, 0u);
}

struct SentinelCase {
  std::string name;
  std::string answer;       // of a sentinel
  std::string reason;       // if it is the only one
  std::string redis_error;  // likewise
  std::string outcome;      // likewise, of a command
};

class UselessSentinel : public RedisSentinel, public testing::WithParamInterface<SentinelCase> {};

TEST_P(UselessSentinel, IsPassedOver) {
  ScriptedRedis useless({{"SENTINEL", GetParam().answer}});
  RedisOptions options = NoChecks();
  if (GetParam().answer.empty()) options.limits.call_timeout = 300ms;
  ClientRunner client(UrlOf({useless.address(), sentinel_.address()}), options);
  EXPECT_TRUE(client.WaitUntilUp("+MASTER"));
  EXPECT_EQ(useless.Count("SENTINEL"), 1);
}

TEST_P(UselessSentinel, AloneMeansThatThereIsNoStore) {
  ScriptedRedis useless({{"SENTINEL", GetParam().answer}});
  RedisOptions options = NoChecks();
  if (GetParam().answer.empty()) options.limits.call_timeout = 300ms;
  ClientRunner client(UrlOf({useless.address()}), options);
  ASSERT_TRUE(client.capture().WaitForLines("redis_down", 1));
  EXPECT_EQ(client.Call({"PING"}), GetParam().outcome);
  const auto line = client.capture().Lines("redis_down")[0];
  EXPECT_EQ(line["reason"], GetParam().reason);
  EXPECT_EQ(line["node"], useless.address());
  EXPECT_EQ(line.value("redis_error", ""), GetParam().redis_error);
  EXPECT_EQ(line["severity"], GetParam().outcome == "<refused>" ? "ERROR" : "WARNING");
}

INSTANTIATE_TEST_SUITE_P(
    Answers, UselessSentinel,
    testing::Values(
        SentinelCase{"OtherName", "*-1\r\n", "master_unknown", "", "<refused>"},
        SentinelCase{"Login", "-NOAUTH Authentication required.\r\n", "refused", "NOAUTH",
                     "<refused>"},
        SentinelCase{"NoSentinel", "-ERR unknown command\r\n", "refused", "ERR", "<refused>"},
        SentinelCase{"Garbage", "\r\n\r\n", "garbage", "", "<down>"},
        SentinelCase{"OneString", Strings({"127.0.0.1"}), "garbage", "", "<down>"},
        SentinelCase{"PortZero", Strings({"127.0.0.1", "0"}), "garbage", "", "<down>"},
        SentinelCase{"NoPort", Strings({"127.0.0.1", ""}), "garbage", "", "<down>"},
        SentinelCase{"NoHost", Strings({"", "6379"}), "garbage", "", "<down>"},
        SentinelCase{"LoginInHost", Strings({"me:canary@host", "6379"}), "garbage", "", "<down>"},
        SentinelCase{"PathInHost", Strings({"host/path", "6379"}), "garbage", "", "<down>"},
        SentinelCase{"LineEndInHost", Strings({"host\r\n", "6379"}), "garbage", "", "<down>"},
        SentinelCase{"Silence", "", "timeout", "", "<down>"}),
    [](const auto& row) { return row.param.name; });

TEST_F(RedisSentinel, ThatCannotBeReachedIsPassedOver) {
  const std::string nobody = "127.0.0.1:" + std::to_string(FreePort());
  ClientRunner client(UrlOf({nobody, sentinel_.address()}), NoChecks());
  EXPECT_EQ(client.Call({"PING"}), "+MASTER");
}

TEST_F(RedisSentinel, ThatCannotBeReachedExplainsLessThanARefusal) {
  sentinel_.Set("SENTINEL", "*-1\r\n");
  const std::string nobody = "127.0.0.1:" + std::to_string(FreePort());
  ClientRunner client(UrlOf({sentinel_.address(), nobody}), NoChecks());
  ASSERT_TRUE(client.capture().WaitForLines("redis_down", 1));
  EXPECT_EQ(client.capture().Lines("redis_down")[0]["reason"], "master_unknown");
  EXPECT_EQ(client.capture().Lines("redis_down")[0]["node"], sentinel_.address());
}

// A sentinel that was cut off from the others names the master of then.
TEST_F(RedisSentinel, ThatNamesAReplicaIsNotBelieved) {
  ScriptedRedis stale({{"SENTINEL", MasterAt(other_.port())}});
  ClientRunner client(UrlOf({stale.address(), sentinel_.address()}), HastyChecks());
  EXPECT_EQ(client.Call({"PING"}), "+MASTER");
  // Later checks ask the one that was right.
  ASSERT_TRUE(WaitUntil([&] { return sentinel_.Count("SENTINEL") > 5; }));
  EXPECT_EQ(stale.Count("SENTINEL"), 1);
  EXPECT_EQ(client.capture().Lines("redis_master").size(), 1u);
}

TEST_F(RedisSentinel, WhoseMasterIsNoneLeavesTheStoreDownUntilThereIsOne) {
  sentinel_.Set("SENTINEL", MasterAt(other_.port()));
  ClientRunner client(UrlOf({sentinel_.address()}), NoChecks());
  ASSERT_TRUE(client.capture().WaitForLines("redis_down", 1));
  EXPECT_EQ(client.capture().Lines("redis_down")[0]["reason"], "not_master");
  EXPECT_EQ(client.capture().Lines("redis_down")[0]["node"], other_.address());
  EXPECT_EQ(client.Call({"PING"}), "<down>");
  other_.Set("ROLE", kMasterRole);
  ASSERT_TRUE(client.capture().WaitForLines("redis_up", 1));
  EXPECT_EQ(client.Call({"PING"}), "+OTHER");
}

TEST_F(RedisSentinel, ThatNamesAnotherMasterMovesAnUnusedConnection) {
  ClientRunner client(UrlOf({sentinel_.address()}), HastyChecks());
  EXPECT_EQ(client.Call({"PING"}), "+MASTER");
  // The old one does not know it yet.
  other_.Set("ROLE", kMasterRole);
  sentinel_.Set("SENTINEL", MasterAt(other_.port()));
  ASSERT_TRUE(client.capture().WaitForLines("redis_master", 2));
  EXPECT_EQ(client.Call({"PING"}), "+OTHER");
  const auto line = client.capture().Lines("redis_master")[1];
  EXPECT_EQ(line["node"], other_.address());
  EXPECT_EQ(line["previous_node"], master_.address());
  EXPECT_GE(line["down_ms"], 0);
  EXPECT_EQ(client.stats().moves, 1u);
  EXPECT_GT(client.stats().disconnected, Duration::zero());
}

TEST_F(RedisSentinel, IsAskedAgainWhenAnUnusedServerIsNoMasterAnyMore) {
  ClientRunner client(UrlOf({sentinel_.address()}), HastyChecks());
  EXPECT_EQ(client.Call({"PING"}), "+MASTER");
  master_.Set("ROLE", kReplicaRole);
  ASSERT_TRUE(client.capture().WaitForLines("redis_down", 1));
  EXPECT_EQ(client.capture().Lines("redis_down")[0]["reason"], "not_master");
  Promote();
  ASSERT_TRUE(client.capture().WaitForLines("redis_master", 2));
  EXPECT_EQ(client.Call({"PING"}), "+OTHER");
}

class ReadOnlyAnswer : public RedisSentinel, public testing::WithParamInterface<std::string> {};

TEST_P(ReadOnlyAnswer, OfADemotedMasterMovesTheConnection) {
  ClientRunner client(UrlOf({sentinel_.address()}), NoChecks());
  EXPECT_EQ(client.Call({"PING"}), "+MASTER");
  Promote();
  master_.Set("EVALSHA", GetParam());
  EXPECT_EQ(client.Run(RedisScript("return 1"), {}, {}), "<not_master>");
  ASSERT_TRUE(client.capture().WaitForLines("redis_master", 2));
  EXPECT_EQ(client.Call({"PING"}), "+OTHER");
}

INSTANTIATE_TEST_SUITE_P(
    Versions, ReadOnlyAnswer,
    testing::Values("-READONLY You can't write against a read only replica. script: 1\r\n",
                    "-ERR Error running script (call to f_1): @user_script:1: @user_script: 1: "
                    "-READONLY You can't write against a read only replica.\r\n"));

TEST_F(RedisSentinel, ThatIsGoneDoesNotTakeTheMasterAlong) {
  std::optional<ScriptedRedis> only;
  only.emplace(ScriptedRedis::Answers{{"SENTINEL", MasterAt(master_.port())}});
  ClientRunner client(UrlOf({only->address()}), HastyChecks());
  EXPECT_EQ(client.Call({"PING"}), "+MASTER");
  only.reset();
  const int checks = master_.Count("ROLE");
  ASSERT_TRUE(WaitUntil([&] { return master_.Count("ROLE") > checks + 5; }));
  EXPECT_EQ(client.Call({"PING"}), "+MASTER");
  EXPECT_EQ(client.capture().Lines("redis_down").size(), 0u);
}

TEST_F(RedisSentinel, MayBeSilentWhenTheClientGoes) {
  sentinel_.Set("SENTINEL", "");
  ClientRunner client(UrlOf({sentinel_.address()}), NoChecks());
  std::future<RedisResult> call = client.Start({"PING"});
  ASSERT_TRUE(WaitUntil([&] { return sentinel_.Count("SENTINEL") == 1; }));
  client.Destroy();
  EXPECT_EQ(Shown(call.get()), "<down>");
}

}  // namespace
}  // namespace modelgates::gateway
