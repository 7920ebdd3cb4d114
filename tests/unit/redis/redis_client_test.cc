#include "redis/redis_client.h"

#include <gmock/gmock.h>

#include "support/redis_process.h"
#include "support/test_certificate.h"
#include "unit/redis/client_runner.h"

namespace modelgates::gateway {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

TEST(RedisClientTest, ACommandIsAnswered) {
  const RedisProcess redis;
  ClientRunner client(redis.url());
  EXPECT_EQ(client.Call({"PING"}), "+PONG");
  EXPECT_EQ(client.Call({"GET", "key"}), "nil");
  EXPECT_EQ(client.Call({"INCR", "key"}), ":1");
  EXPECT_EQ(client.Call({"GET", "key"}), "$1");
  EXPECT_EQ(client.Call({"MGET", "key", "other"}), "[$1 nil]");
  EXPECT_THAT(client.Call({"NONSENSE"}), StartsWith("-ERR"));
  EXPECT_EQ(client.capture().text(), "");
}

TEST(RedisClientTest, CommandsAndAnswersMayHoldAnyBytes) {
  const RedisProcess redis;
  ClientRunner client(redis.url());
  for (const std::string& text : {std::string(), std::string("\r\n$3\r\n*1\r\n"),
                                  std::string("\0\xff", 2), std::string(800'000, 'x')}) {
    ASSERT_EQ(client.Call({"SET", "key", text}), "+OK");
    EXPECT_TRUE(client.Call({"GET", "key"}) == "$" + text);
  }
}

TEST(RedisClientTest, ManyCommandsAtOnceShareAConnectionAndGetTheirOwnAnswers) {
  const RedisProcess redis;
  ClientRunner client(redis.url());
  std::vector<std::future<RedisResult>> answers;
  for (int i = 0; i < 3000; ++i) answers.push_back(client.Start({"ECHO", std::to_string(i)}));
  for (int i = 0; i < 3000; ++i) {
    EXPECT_EQ(Shown(answers[static_cast<size_t>(i)].get()), "$" + std::to_string(i));
  }
  EXPECT_THAT(client.Call({"INFO", "stats"}), HasSubstr("total_connections_received:1\r\n"));
}

TEST(RedisClientTest, LargeCommandsAtOnceArriveWhole) {
  const RedisProcess redis;
  ClientRunner client(redis.url());
  std::vector<std::future<RedisResult>> answers;
  const std::string large(500'000, 'x');
  for (int i = 0; i < 20; ++i) answers.push_back(client.Start({"ECHO", large + std::to_string(i)}));
  for (int i = 0; i < 20; ++i) {
    EXPECT_TRUE(Shown(answers[static_cast<size_t>(i)].get()) == "$" + large + std::to_string(i));
  }
}

TEST(RedisClientTest, LogsInAndSelectsItsDatabase) {
  const RedisProcess redis(
      {"--requirepass", "pw@1", "--user", "me", "on", ">s3cret", "~*", "+@all"});
  ClientRunner as_default(redis.url(":pw%401@") + "/3");
  EXPECT_EQ(as_default.Call({"ACL", "WHOAMI"}), "$default");
  EXPECT_EQ(as_default.Call({"SET", "key", "3"}), "+OK");
  ClientRunner as_me(redis.url("me:s3cret@") + "/3");
  EXPECT_EQ(as_me.Call({"ACL", "WHOAMI"}), "$me");
  EXPECT_EQ(as_me.Call({"GET", "key"}), "$3");
  ClientRunner elsewhere(redis.url("me:s3cret@"));
  EXPECT_EQ(elsewhere.Call({"GET", "key"}), "nil");
}

struct RefusedCase {
  std::string name;
  std::string login;
  std::string database;
  std::string redis_error;
};

class RefusedRedisLogin : public testing::TestWithParam<RefusedCase> {};

TEST_P(RefusedRedisLogin, IsToldApartAndLoggedOnceWithoutTheLogin) {
  const RedisProcess redis({"--requirepass", "right"});
  ClientRunner client(redis.url(GetParam().login) + GetParam().database);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(client.Call({"PING"}), "<refused>");
  const auto lines = client.capture().Lines("redis_down");
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0]["severity"], "ERROR");
  EXPECT_EQ(lines[0]["reason"], "refused");
  EXPECT_EQ(lines[0]["redis_error"], GetParam().redis_error);
  EXPECT_THAT(client.capture().text(), Not(HasSubstr("canary")));
}

INSTANTIATE_TEST_SUITE_P(Logins, RefusedRedisLogin,
                         testing::Values(RefusedCase{"Password", ":canary@", "", "WRONGPASS"},
                                         RefusedCase{"User", "canary:right@", "", "WRONGPASS"},
                                         RefusedCase{"None", "", "", "NOAUTH"},
                                         RefusedCase{"Database", ":right@", "/99", "ERR"}),
                         [](const auto& row) { return row.param.name; });

// A managed service may forbid them.
TEST(RedisClientTest, AServerThatPermitsNoScriptsIsRefusedAtOnce) {
  const RedisProcess redis({"--user", "me", "on", ">s3cret", "~*", "+@all", "-@scripting"});
  ClientRunner client(redis.url("me:s3cret@"));
  EXPECT_EQ(client.Call({"PING"}), "<refused>");
  const auto lines = client.capture().Lines("redis_down");
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0]["reason"], "refused");
  EXPECT_EQ(lines[0]["redis_error"], "NOPERM");

  const RedisProcess without({"--rename-command", "EVAL", ""});
  ClientRunner other(without.url());
  EXPECT_EQ(other.Call({"PING"}), "<refused>");
  EXPECT_EQ(other.capture().Lines("redis_down").at(0)["redis_error"], "ERR");
}

TEST(RedisClientTest, AScriptRunsByNameOnceTheServerKnowsIt) {
  const RedisProcess redis;
  ClientRunner client(redis.url());
  const RedisScript script("return {KEYS[1], ARGV[1], 7}");
  EXPECT_EQ(client.Run(script, {"k"}, {"a"}), "[$k $a :7]");
  EXPECT_EQ(client.Call({"SCRIPT", "EXISTS", script.sha1}), "[:1]");
  EXPECT_EQ(client.Run(script, {"k"}, {"b"}), "[$k $b :7]");
  EXPECT_EQ(client.Call({"SCRIPT", "FLUSH"}), "+OK");
  EXPECT_EQ(client.Run(script, {"k"}, {"c"}), "[$k $c :7]");
  // By text only when it had to be; once for the greeting.
  EXPECT_THAT(client.Call({"INFO", "commandstats"}), HasSubstr("cmdstat_eval:calls=3,"));
}

TEST(RedisClientTest, AServerThatIsKilledAndStartedAgainIsFoundAgain) {
  RedisProcess redis;
  ClientRunner client(redis.url());
  ASSERT_EQ(client.Call({"PING"}), "+PONG");
  redis.Kill();
  ASSERT_TRUE(client.capture().WaitForLines("redis_down", 1));
  EXPECT_EQ(client.Call({"PING"}), "<down>");
  redis.StartAgain();
  ASSERT_TRUE(client.capture().WaitForLines("redis_up", 1));
  EXPECT_EQ(client.Call({"PING"}), "+PONG");
  EXPECT_EQ(client.capture().Lines("redis_down").size(), 1u);
  EXPECT_EQ(client.capture().Lines("redis_down")[0]["url"], redis.url() + "/0");
}

TEST(RedisClientTest, AServerThatIsNotThereYetIsFoundWhenItComes) {
  RedisProcess redis;
  redis.Kill();
  ClientRunner client(redis.url());
  EXPECT_EQ(client.Call({"PING"}), "<down>");
  ASSERT_TRUE(client.capture().WaitForLines("redis_down", 1));
  EXPECT_EQ(client.capture().Lines("redis_down")[0]["reason"], "connect");
  redis.StartAgain();
  ASSERT_TRUE(client.capture().WaitForLines("redis_up", 1));
  EXPECT_EQ(client.Call({"PING"}), "+PONG");
}

TEST(RedisClientTest, AServerThatHangsIsTakenForDownUntilItAnswers) {
  RedisProcess redis;
  RedisOptions options = PatientOptions();
  options.limits.call_timeout = 1s;
  ClientRunner client(redis.url(), options);
  ASSERT_EQ(client.Call({"SET", "key", "before"}), "+OK");
  redis.Pause();
  std::vector<std::future<RedisResult>> hanging;
  for (int i = 0; i < 5; ++i) hanging.push_back(client.Start({"INCR", "count"}));
  for (auto& answer : hanging) EXPECT_EQ(Shown(answer.get()), "<timeout>");
  EXPECT_EQ(client.Call({"PING"}), "<down>");
  redis.Continue();
  ASSERT_TRUE(client.capture().WaitForLines("redis_up", 1));
  // The answers of then are nobody's now.
  EXPECT_EQ(client.Call({"GET", "key"}), "$before");
}

TEST(RedisClientTest, ACallerThatLeavesEarlyShiftsNoAnswer) {
  RedisProcess redis;
  ClientRunner client(redis.url());
  ASSERT_EQ(client.Call({"PING"}), "+PONG");
  redis.Pause();
  std::future<RedisResult> early = client.Start({"ECHO", "early"}, 1ms);
  std::future<RedisResult> patient = client.Start({"ECHO", "patient"});
  EXPECT_EQ(Shown(early.get()), "<timeout>");
  redis.Continue();
  EXPECT_EQ(Shown(patient.get()), "$patient");
  EXPECT_EQ(client.Call({"ECHO", "next"}), "$next");
  EXPECT_EQ(client.capture().text(), "");
}

TEST(RedisClientTest, ACallWhoseTimeIsOverIsNotSent) {
  const RedisProcess redis;
  ClientRunner client(redis.url());
  ASSERT_EQ(client.Call({"PING"}), "+PONG");
  EXPECT_EQ(Shown(client.Start({"INCR", "key"}, -1ms).get()), "<timeout>");
  EXPECT_EQ(client.Call({"GET", "key"}), "nil");
}

TEST(RedisClientTest, WhatIsTooMuchIsRefusedAndTheRestGoesOn) {
  RedisProcess redis;
  RedisOptions options = PatientOptions();
  options.limits.max_calls = 3;
  ClientRunner client(redis.url(), options);
  ASSERT_EQ(client.Call({"PING"}), "+PONG");
  EXPECT_EQ(client.Call({"ECHO", std::string(2'000'000, 'x')}), "<crowded>");
  redis.Pause();
  std::vector<std::future<RedisResult>> answers;
  for (int i = 0; i < 3; ++i) answers.push_back(client.Start({"PING"}));
  EXPECT_EQ(client.Call({"PING"}), "<crowded>");
  redis.Continue();
  for (auto& answer : answers) EXPECT_EQ(Shown(answer.get()), "+PONG");
  EXPECT_EQ(client.Call({"PING"}), "+PONG");
}

TEST(RedisClientTest, MayGoWhileCommandsAreUnderWay) {
  RedisProcess redis;
  ClientRunner client(redis.url());
  ASSERT_EQ(client.Call({"PING"}), "+PONG");
  redis.Pause();
  std::future<RedisResult> first = client.Start({"PING"});
  std::future<RedisResult> second = client.Start({"PING"});
  client.Destroy();
  EXPECT_EQ(Shown(first.get()), "<lost>");
  EXPECT_EQ(Shown(second.get()), "<lost>");
}

TEST(RedisClientTest, MayGoBeforeItIsConnected) {
  RedisProcess redis;
  redis.Pause();
  ClientRunner client(redis.url());
  std::future<RedisResult> call = client.Start({"PING"});
  client.Destroy();
  EXPECT_EQ(Shown(call.get()), "<down>");
}

TEST(RedisClientTest, SpeaksTls) {
  const TestCertificate certificate("127.0.0.1");
  const RedisProcess redis({"--requirepass", "pw"}, &certificate);
  RedisOptions options = PatientOptions();
  options.ca_file = certificate.ca_file();
  ClientRunner client(redis.url(":pw@"), options);
  EXPECT_EQ(client.Call({"PING"}), "+PONG");
  const std::string large(700'000, 'x');
  EXPECT_TRUE(client.Call({"ECHO", large}) == "$" + large);
  std::vector<std::future<RedisResult>> answers;
  for (int i = 0; i < 1000; ++i) answers.push_back(client.Start({"ECHO", std::to_string(i)}));
  for (int i = 0; i < 1000; ++i) {
    EXPECT_EQ(Shown(answers[static_cast<size_t>(i)].get()), "$" + std::to_string(i));
  }
}

TEST(RedisClientTest, DoesNotSpeakToAServerItCannotTrust) {
  const TestCertificate certificate("127.0.0.1");
  const TestCertificate other("127.0.0.1");
  const RedisProcess redis({"--requirepass", "pw"}, &certificate);
  RedisOptions options = PatientOptions();
  options.ca_file = other.ca_file();
  ClientRunner client(redis.url(":pw@"), options);
  EXPECT_EQ(client.Call({"PING"}), "<down>");
  ASSERT_TRUE(client.capture().WaitForLines("redis_down", 1));
  EXPECT_EQ(client.capture().Lines("redis_down")[0]["reason"], "tls_untrusted");
}

}  // namespace
}  // namespace modelgates::gateway
