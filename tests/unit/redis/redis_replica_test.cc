#include <gmock/gmock.h>

#include <atomic>
#include <future>

#include "redis/redis_client.h"
#include "support/redis_process.h"
#include "support/wait_until.h"
#include "unit/redis/client_runner.h"
#include "unit/redis/fake_sentinel.h"

namespace modelgates::gateway {
namespace {

using testing::HasSubstr;
using testing::Not;
using Session = FakeRedis::Session;

const RedisScript kScript("return redis.call('SET', KEYS[1], ARGV[1])");

RedisOptions WithReplicas(int count) {
  RedisOptions options = PatientOptions();
  options.replicas = count;
  return options;
}

std::string RunReplicated(ClientRunner& client) {
  return Shown(client.StartRun(kScript, {"key"}, {"value"}, RedisAcks::kReplicas).get());
}

TEST(RedisReplicaTest, AScriptIsDoneWhenAReplicaHasIt) {
  const RedisProcess master({"--repl-diskless-sync-delay", "0"});
  const RedisProcess replica({"--replicaof", "127.0.0.1", std::to_string(master.port())});
  ClientRunner client(master.url(), WithReplicas(1));
  // Until the replica has caught up it acknowledges nothing.
  ASSERT_TRUE(WaitUntil([&] { return RunReplicated(client) == "+OK"; }));
  EXPECT_EQ(ClientRunner(replica.url()).Call({"GET", "key"}), "$value");
}

TEST(RedisReplicaTest, WithoutEnoughOfThemItIsNotDoneUntilThereAre) {
  const RedisProcess master({"--repl-diskless-sync-delay", "0"});
  ClientRunner client(master.url(), WithReplicas(1));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(RunReplicated(client), "<unreplicated>");
  EXPECT_EQ(client.Call({"GET", "key"}), "$value");
  EXPECT_EQ(client.stats().unreplicated, 3u);

  const RedisProcess replica({"--replicaof", "127.0.0.1", std::to_string(master.port())});
  ASSERT_TRUE(WaitUntil([&] { return RunReplicated(client) == "+OK"; }));
  EXPECT_GE(client.stats().unreplicated, 3u);
}

struct WaitCase {
  std::string name;
  std::string answer;
  std::string outcome;
};

class RedisWaitAnswer : public testing::TestWithParam<WaitCase> {};

TEST_P(RedisWaitAnswer, DecidesWhetherAScriptIsDone) {
  ScriptedRedis server({{"EVALSHA", ":1\r\n"}, {"WAIT", GetParam().answer}});
  ClientRunner client("redis://" + server.address(), WithReplicas(2));
  EXPECT_EQ(RunReplicated(client), GetParam().outcome);
  EXPECT_EQ(server.Count("WAIT"), 1);
}

INSTANTIATE_TEST_SUITE_P(
    Answers, RedisWaitAnswer,
    testing::Values(WaitCase{"Enough", ":2\r\n", ":1"}, WaitCase{"More", ":3\r\n", ":1"},
                    WaitCase{"TooFew", ":1\r\n", "<unreplicated>"},
                    WaitCase{"NotPermitted", "-NOPERM no\r\n", "<unreplicated>"},
                    WaitCase{"Demoted", "-UNBLOCKED force unblock\r\n", "<unreplicated>"},
                    WaitCase{"AnotherType", "+2\r\n", "<unreplicated>"}),
    [](const auto& row) { return row.param.name; });

TEST(RedisReplicaTest, NobodyIsAskedWhereNothingWasDoneOrNoReplicaIsNeeded) {
  ScriptedRedis server(ScriptedRedis::Answers{{"EVALSHA", "-ERR canary\r\n"}});
  ClientRunner client("redis://" + server.address(), WithReplicas(1));
  EXPECT_THAT(RunReplicated(client), HasSubstr("-ERR"));
  server.Set("EVALSHA", ":1\r\n");
  EXPECT_EQ(client.Run(kScript, {"key"}, {"value"}), ":1");
  ClientRunner alone("redis://" + server.address(), WithReplicas(0));
  EXPECT_EQ(RunReplicated(alone), ":1");
  EXPECT_EQ(server.Count("WAIT"), 0);
  EXPECT_THAT(client.capture().text(), Not(HasSubstr("canary")));
}

// The server does nothing else for the link while it waits.
TEST(RedisReplicaTest, OneQuestionIsAskedForAllThatWait) {
  constexpr int kLater = 10;
  std::promise<void> asked;
  std::string wrong;
  FakeRedis server([&](Session& session) {
    session.Greet();
    session.Read();
    session.Send(":1\r\n");
    if (session.Read().front() != "WAIT") wrong = "no question";
    asked.set_value();
    for (int i = 0; i < kLater; ++i) {
      if (session.Read().front() != "EVALSHA") wrong = "two questions at once";
    }
    std::string answers = ":1\r\n";
    for (int i = 0; i < kLater; ++i) answers += ":2\r\n";
    session.Send(answers);
    // For the first of them, then for all others.
    for (int i = 0; i < 2; ++i) {
      if (session.Read().front() != "WAIT") wrong = "no question";
      session.Send(":1\r\n");
    }
    if (session.Read().front() != "PING") wrong = "too many questions";
    session.Send("+PONG\r\n");
    session.Ignore();
  });
  ClientRunner client(server.url(), WithReplicas(1));
  const auto run = [&] { return client.StartRun(kScript, {"k"}, {"v"}, RedisAcks::kReplicas); };
  std::future<RedisResult> first = run();
  asked.get_future().wait();
  std::vector<std::future<RedisResult>> later;
  for (int i = 0; i < kLater; ++i) later.push_back(run());
  EXPECT_EQ(Shown(first.get()), ":1");
  for (auto& result : later) EXPECT_EQ(Shown(result.get()), ":2");
  EXPECT_EQ(client.Call({"PING"}), "+PONG");
  EXPECT_EQ(wrong, "");
}

// Another connection may lead to a server that never heard of the script.
TEST(RedisReplicaTest, AConnectionThatEndsMeanwhileIsNotReplacedByAnother) {
  std::atomic<int> later_questions = 0;
  FakeRedis server([&](Session& session) {
    session.Greet();
    if (session.number() == 1) {
      session.Read();
      session.Send(":1\r\n");
      session.Read();
      return;
    }
    for (;;) {
      const std::vector<std::string> command = session.Read();
      if (command.empty()) return;
      if (command[0] == "WAIT") ++later_questions;
      session.Send("+PONG\r\n");
    }
  });
  ClientRunner client(server.url(), WithReplicas(1));
  EXPECT_EQ(RunReplicated(client), "<unreplicated>");
  EXPECT_TRUE(client.WaitUntilUp());
  EXPECT_EQ(later_questions, 0);
}

}  // namespace
}  // namespace modelgates::gateway
