#include <gmock/gmock.h>

#include <atomic>
#include <future>

#include "redis/redis_client.h"
#include "support/fake_redis.h"
#include "unit/redis/client_runner.h"

namespace modelgates::gateway {
namespace {

using namespace std::chrono_literals;
using Session = FakeRedis::Session;

// A server that works, for after a fault.
void ServePings(Session& session) {
  session.Greet();
  while (!session.Read().empty()) session.Send("+PONG\r\n");
}

struct FaultCase {
  std::string name;
  std::string answer;   // to the first command; then the server hangs up
  std::string outcome;  // of that command
};

class RedisFault : public testing::TestWithParam<FaultCase> {};

TEST_P(RedisFault, EndsTheCommandsUnderWayAndNoLaterOne) {
  FakeRedis server([](Session& session) {
    if (session.number() > 1) return ServePings(session);
    session.Greet();
    // Both are under way before anything is answered.
    session.Read();
    session.Read();
    session.Send(GetParam().answer);
  });
  ClientRunner client(server.url());
  std::future<RedisResult> first = client.Start({"GET", "1"});
  std::future<RedisResult> second = client.Start({"GET", "2"});
  EXPECT_EQ(Shown(first.get()), GetParam().outcome);
  const std::string failed = Shown(second.get());
  EXPECT_TRUE(failed == "<lost>" || failed == "<garbage>") << failed;
  // Not by the log: a connection that has lasted a while is replaced without a word.
  EXPECT_TRUE(client.WaitUntilUp());
}

INSTANTIATE_TEST_SUITE_P(
    Answers, RedisFault,
    testing::Values(
        FaultCase{"Nothing", "", "<lost>"}, FaultCase{"HalfAStatus", "+O", "<lost>"},
        FaultCase{"HalfABulk", "$10\r\nabc", "<lost>"},
        FaultCase{"HalfAnArray", "*2\r\n:1\r\n", "<lost>"},
        FaultCase{"OneAnswerOfTwo", "+OK\r\n", "+OK"},
        FaultCase{"OneAndAHalf", "+OK\r\n$5\r\nab", "+OK"},
        FaultCase{"Http", "HTTP/1.1 400 Bad Request\r\n\r\n", "<garbage>"},
        FaultCase{"OneThenGarbage", ":1\r\n\r\n\r\n", ":1"},
        FaultCase{"HugeArray", "*2147483647\r\n", "<garbage>"},
        FaultCase{"TooDeep", "*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n", "<garbage>"},
        FaultCase{"TooLarge", "$4000000\r\n" + std::string(3'000'000, 'x'), "<garbage>"},
        FaultCase{"EndlessLine", "+" + std::string(3'000'000, 'x'), "<garbage>"}),
    [](const auto& row) { return row.param.name; });

TEST(RedisFaultTest, AnAnswerThatNobodyAskedForEndsTheConnection) {
  FakeRedis server([](Session& session) {
    if (session.number() > 1) return ServePings(session);
    session.Greet();
    session.Send("+UNASKED\r\n");
    session.Ignore();
  });
  ClientRunner client(server.url());
  ASSERT_TRUE(client.capture().WaitForLines("redis_up", 1));
  EXPECT_EQ(client.capture().Lines("redis_down").at(0)["reason"], "garbage");
  EXPECT_EQ(client.Call({"PING"}), "+PONG");
}

TEST(RedisFaultTest, ASecondAnswerToOneCommandIsNotTheNextCommands) {
  FakeRedis server([](Session& session) {
    if (session.number() > 1) return ServePings(session);
    session.Greet();
    session.Read();
    session.Send("+FIRST\r\n+SECOND\r\n");
    session.Ignore();
  });
  ClientRunner client(server.url());
  EXPECT_EQ(client.Call({"GET", "1"}), "+FIRST");
  ASSERT_TRUE(client.capture().WaitForLines("redis_up", 1));
  EXPECT_EQ(client.Call({"PING"}), "+PONG");
}

TEST(RedisFaultTest, ACommandThatIsNeverAnsweredEndsItsConnection) {
  std::atomic<bool> closed = false;
  FakeRedis server([&](Session& session) {
    if (session.number() > 1) return ServePings(session);
    session.Greet();
    session.Ignore();
    closed = true;
  });
  RedisOptions options = PatientOptions();
  options.limits.call_timeout = 300ms;
  ClientRunner client(server.url(), options);
  EXPECT_EQ(client.Call({"GET", "1"}), "<timeout>");
  ASSERT_TRUE(client.capture().WaitForLines("redis_up", 1));
  EXPECT_EQ(client.capture().Lines("redis_down").at(0)["reason"], "timeout");
}

// Given an answer that came while the loop's thread did not get the CPU, and a time that ran out
// meanwhile, then it is the answer that counts.
TEST(RedisFaultTest, AnAnswerThatIsThereWhenAStallEndsIsTaken) {
  std::promise<void> answered;
  FakeRedis server([&](Session& session) {
    session.Greet();
    if (session.number() > 1) return;
    for (int i = 0; i < 2 && !session.Read().empty(); ++i) session.Send("+PONG\r\n");
    answered.set_value();
    session.Ignore();
  });
  RedisOptions options = PatientOptions();
  options.limits.call_timeout = 500ms;
  ClientRunner client(server.url(), options);
  ASSERT_EQ(client.Call({"PING"}), "+PONG");
  EpollLoop& loop = client.thread().loop();
  // The command and the stall are tasks of one turn: nothing is polled between them.
  std::promise<void> both_posted;
  loop.Post([&] { both_posted.get_future().wait(); });
  std::future<RedisResult> answer = client.Start({"PING"});
  loop.Post([&] {
    const TimePoint late = loop.Now() + options.limits.call_timeout;
    answered.get_future().wait();
    while (loop.Now() <= late) continue;
  });
  both_posted.set_value();
  EXPECT_EQ(Shown(answer.get()), "+PONG");
  EXPECT_EQ(client.capture().Lines("redis_down").size(), 0u);
}

// Nobody calls: what lies between may have forgotten the connection.
TEST(RedisFaultTest, AConnectionThatNoLongerAnswersIsNoticedWithoutACall) {
  FakeRedis server([](Session& session) {
    if (session.number() > 1) return ServePings(session);
    session.Greet();
    for (int i = 0; i < 5; ++i) {
      EXPECT_EQ(session.Read(), std::vector<std::string>{"PING"});
      session.Send("-NOPERM this user has no permissions\r\n");
    }
    session.Ignore();
  });
  RedisOptions options = PatientOptions();
  options.heartbeat = 1ms;
  options.limits.call_timeout = 1s;
  ClientRunner client(server.url(), options);
  ASSERT_TRUE(client.capture().WaitForLines("redis_up", 1));
  EXPECT_EQ(client.capture().Lines("redis_down").at(0)["reason"], "timeout");
  EXPECT_EQ(client.Call({"PING"}), "+PONG");
}

// A server that is slow, but not too slow, and says what it says byte by byte.
TEST(RedisFaultTest, AnAnswerInManyPiecesIsWaitedFor) {
  FakeRedis server([](Session& session) {
    session.Greet();
    while (!session.Read().empty()) {
      for (const char c : std::string("*2\r\n$3\r\nabc\r\n:12\r\n")) {
        session.Send({&c, 1});
        std::this_thread::sleep_for(1ms);
      }
    }
  });
  ClientRunner client(server.url());
  for (int i = 0; i < 3; ++i) EXPECT_EQ(client.Call({"GET", "1"}), "[$abc :12]");
}

struct GreetingCase {
  std::string name;
  std::string answer;  // to the first command of a connection
  std::string reason;
  std::string redis_error;
};

class RedisGreeting : public testing::TestWithParam<GreetingCase> {};

TEST_P(RedisGreeting, ThatIsNoGreetingMeansDown) {
  FakeRedis server([](Session& session) {
    session.Read();
    session.Send(GetParam().answer);
  });
  ClientRunner client(server.url());
  EXPECT_EQ(client.Call({"PING"}), GetParam().redis_error == "ERR" ? "<refused>" : "<down>");
  ASSERT_TRUE(client.capture().WaitForLines("redis_down", 1));
  const auto line = client.capture().Lines("redis_down").at(0);
  EXPECT_EQ(line["reason"], GetParam().reason);
  EXPECT_EQ(line.value("redis_error", ""), GetParam().redis_error);
  // It is tried again, and that is not news.
  ASSERT_TRUE(server.WaitForConnections(4));
  EXPECT_EQ(client.capture().Lines("redis_down").size(), 1u);
}

INSTANTIATE_TEST_SUITE_P(
    Answers, RedisGreeting,
    testing::Values(
        GreetingCase{"Nothing", "", "lost", ""},
        GreetingCase{"Http", "HTTP/1.1 400 Bad Request\r\n\r\n", "garbage", ""},
        GreetingCase{"AnotherType", ":1\r\n", "garbage", ""},
        GreetingCase{"AnotherStatus", "+QUEUED\r\n", "garbage", ""},
        GreetingCase{"Loading", "-LOADING Redis is loading\r\n", "not_ready", "LOADING"},
        GreetingCase{"Full", "-ERR max number of clients reached\r\n", "refused", "ERR"}),
    [](const auto& row) { return row.param.name; });

TEST(RedisFaultTest, AServerThatGreetsAndHangsUpIsNotTriedWithoutPause) {
  FakeRedis server([](Session& session) { session.Greet(); });
  RedisOptions options = PatientOptions();
  options.probe_interval = std::chrono::hours(1);
  ClientRunner client(server.url(), options);
  ASSERT_TRUE(client.capture().WaitForLines("redis_down", 1));
  EXPECT_EQ(client.Call({"PING"}), "<down>");
  EXPECT_EQ(client.capture().Lines("redis_down").at(0)["reason"], "lost");
  EXPECT_FALSE(client.capture().Lines("redis_up").size() > 0);
}

TEST(RedisFaultTest, AnOutageIsLoggedOnceWhateverItIsAndARefusalApart) {
  FakeRedis server([](Session& session) {
    if (session.number() == 1) return session.Greet();
    session.Read();
    if (session.number() == 2) return;
    if (session.number() == 3) session.Send("nonsense\r\n");
    if (session.number() == 4) session.Send("-LOADING\r\n");
    if (session.number() > 4) session.Send("-NOAUTH\r\n");
  });
  ClientRunner client(server.url());
  ASSERT_TRUE(server.WaitForConnections(7));
  const auto lines = client.capture().Lines("redis_down");
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0]["reason"], "lost");
  EXPECT_EQ(lines[0]["severity"], "WARNING");
  EXPECT_EQ(lines[1]["reason"], "refused");
  EXPECT_EQ(lines[1]["severity"], "ERROR");
}

// AUTH unknown to it: some say what they were sent.
TEST(RedisFaultTest, AnErrorThatRepeatsThePasswordIsNotLogged) {
  FakeRedis server([](Session& session) {
    const std::vector<std::string> command = session.Read();
    if (command.size() < 2) return;
    session.Send("-ERR unknown command `AUTH`, with args beginning with: `" + command.back() +
                 "`\r\n");
  });
  ClientRunner client("redis://:canary@" + server.url().substr(8));
  EXPECT_EQ(client.Call({"PING"}), "<refused>");
  ASSERT_TRUE(client.capture().WaitForLines("redis_down", 1));
  EXPECT_THAT(client.capture().text(), testing::Not(testing::HasSubstr("canary")));
}

}  // namespace
}  // namespace modelgates::gateway
