#include <gtest/gtest.h>

#include <optional>

#include "support/fake_upstream.h"
#include "support/send_recorder.h"
#include "support/test_certificate.h"
#include "unit/http/transport_runner.h"

namespace modelgates::gateway {
namespace {

using namespace std::chrono_literals;

enum class Scheme { kHttp, kHttps };

class ConnectionReuse : public testing::TestWithParam<Scheme> {
 protected:
  TransportOptions Options() const {
    TransportOptions options;
    options.base_url = upstream_.url();
    options.ca_file = certificate_.ca_file();
    return options;
  }
  FakeUpstream::Options UpstreamOptions() const {
    FakeUpstream::Options options;
    if (GetParam() == Scheme::kHttps) options.tls = certificate_.server_context();
    return options;
  }
  // Sends `count` at once and waits for all.
  static void SendAtOnce(TransportRunner& transport, int count) {
    std::vector<std::future<Sent>> sent;
    for (int i = 0; i < count; ++i) sent.push_back(transport.Start());
    for (std::future<Sent>& one : sent) ExpectOk(one.get(), "{}");
  }

  // What happens to idle connections happens within one turn of the loop, which cannot hear of it
  // before the request is offered.
  Sent SendRightAfter(TransportRunner& transport, OnIdle what, const std::string& body,
                      std::optional<Duration> timeout = {}) {
    std::promise<HttpResult> result;
    SendRecorder progress;
    SendOptions options;
    options.observer = &progress;
    if (timeout) options.deadline = std::chrono::steady_clock::now() + *timeout;
    HttpRequest request("/auth/keys");
    request.set_body(body);
    const auto send = [&]() -> Task<void> {
      HttpResult got = co_await transport.transport().Send(request, options);
      result.set_value(std::move(got));
    };
    transport.OnLoop([&] {
      upstream_.ToIdleConnections(what);
      Spawn(send());
    });
    HttpResult got = result.get_future().get();
    return {std::move(got), progress.offered()};
  }

  TestCertificate certificate_{"127.0.0.1"};
  FakeUpstream upstream_{UpstreamOptions()};
};

INSTANTIATE_TEST_SUITE_P(, ConnectionReuse, testing::Values(Scheme::kHttp, Scheme::kHttps),
                         [](const auto& row) {
                           return row.param == Scheme::kHttp ? "Http" : "Https";
                         });

TEST_P(ConnectionReuse, OneConnectionCarriesOneRequestAfterTheOther) {
  TransportRunner transport(Options());
  for (int i = 0; i < 50; ++i) ExpectOk(transport.Send(std::to_string(i)), "{}");
  EXPECT_EQ(upstream_.connections(), 1);
  const TransportStats stats = transport.stats();
  EXPECT_EQ(stats.connects, 1u);
  EXPECT_EQ(stats.reuses, 49u);
  EXPECT_EQ(stats.open, 1u);
  EXPECT_EQ(stats.idle, 1u);
}

TEST_P(ConnectionReuse, AnErrorAnswerKeepsTheConnection) {
  TransportRunner transport(Options());
  upstream_.Enqueue(Answer::Json(503, "later"));
  transport.Send();
  transport.Send();
  EXPECT_EQ(upstream_.connections(), 1);
}

TEST_P(ConnectionReuse, ConnectionCloseIsHonoured) {
  TransportRunner transport(Options());
  upstream_.Enqueue(Answer::Json(200, "{}", {{"Connection", "close"}}));
  transport.Send();
  EXPECT_TRUE(upstream_.WaitForOpenConnections(0));
  EXPECT_EQ(transport.stats().open, 0u);
}

// Given an idle connection that the upstream closes, resets or speaks on, then it is given up at
// once, and the next request knows nothing of it.
TEST_P(ConnectionReuse, AnIdleConnectionThatIsLostIsRetiredAtOnce) {
  for (const OnIdle what : {OnIdle::kClose, OnIdle::kReset, OnIdle::kSpeak}) {
    TransportRunner transport(Options());
    ExpectOk(transport.Send(), "{}");
    upstream_.ToIdleConnections(what);
    EXPECT_TRUE(transport.WaitForStats([](const TransportStats& s) { return s.open == 0; }));
    EXPECT_EQ(transport.stats().stale, 1u);
    ExpectOk(transport.Send(), "{}");
    EXPECT_EQ(transport.stats().connects, 2u);
  }
}

TEST_P(ConnectionReuse, AnUpstreamThatHalfClosesAfterItsAnswerIsNotUsedAgain) {
  TransportRunner transport(Options());
  upstream_.Enqueue(Answer::Json(200, "{}").ThenHalfClose());
  ExpectOk(transport.Send(), "{}");
  EXPECT_TRUE(transport.WaitForStats([](const TransportStats& s) { return s.open == 0; }));
  ExpectOk(transport.Send(), "{}");
}

class DeadConnection : public ConnectionReuse {};

INSTANTIATE_TEST_SUITE_P(Https, DeadConnection, testing::Values(Scheme::kHttps));

// Given a connection that was found dead, when the one after it hangs in its handshake until the
// deadline, then nothing was sent, and nothing says that it was.
TEST_P(DeadConnection, LeavesNothingOnItsWayWhileAnotherOneIsMade) {
  TransportRunner transport(Options());
  ExpectOk(transport.Send("first"), "{}");
  upstream_.EnqueueConnection(OnAccept::kIgnore);
  const Sent sent = SendRightAfter(transport, OnIdle::kReset, "second", 300ms);
  ExpectError(sent, TransportFailure::kTimeout, Delivery::kNever);
  EXPECT_FALSE(sent.offered);
  EXPECT_EQ(upstream_.Requests().size(), 1u);
}

// Given a connection that was reset in the very moment of its use, so that not one byte of the
// request was accepted, then another one is made within the same attempt.
TEST_P(ConnectionReuse, ADeadConnectionCostsNoCallWhenNothingWasAccepted) {
  TransportRunner transport(Options());
  ExpectOk(transport.Send("first"), "{}");
  ExpectOk(SendRightAfter(transport, OnIdle::kReset, "second"), "{}");
  const std::vector<ReceivedRequest> requests = upstream_.Requests();
  ASSERT_EQ(requests.size(), 2u);
  EXPECT_EQ(requests[1].body, "second");
  EXPECT_EQ(requests[1].connection, 2);
}

// The same with an orderly end: the kernel takes the request, so it is not sent again. Whoever may
// repeat it is told that the connection was stale.
TEST_P(ConnectionReuse, ARequestThatTheKernelAcceptedIsNotSentAgain) {
  TransportRunner transport(Options());
  ExpectOk(transport.Send("first"), "{}");
  const Sent sent = SendRightAfter(transport, OnIdle::kClose, "second");
  ExpectError(sent, TransportFailure::kReset, Delivery::kMaybe);
  EXPECT_TRUE(sent.error().stale_connection);
  EXPECT_EQ(upstream_.Requests().size(), 1u);
  EXPECT_EQ(upstream_.connections(), 1);
}

TEST_P(ConnectionReuse, TheLastOneBackIsTheFirstOneOut) {
  TransportRunner transport(Options());
  upstream_.Enqueue(Answer::Json(200, "{}").Delayed(30ms));
  std::future<Sent> slow = transport.Start();
  ASSERT_TRUE(upstream_.WaitForRequests(1));
  ExpectOk(transport.Send(), "{}");
  ExpectOk(slow.get(), "{}");
  ExpectOk(transport.Send("third"), "{}");
  EXPECT_EQ(upstream_.Requests().at(2).connection, 1);
}

TEST_P(ConnectionReuse, NoMoreThanTheLimitStayIdle) {
  TransportOptions options = Options();
  options.max_idle_connections = 3;
  TransportRunner transport(options);
  upstream_.SetDefault(Answer::Json(200, "{}").Delayed(20ms));
  SendAtOnce(transport, 10);
  EXPECT_TRUE(upstream_.WaitForOpenConnections(3));
  EXPECT_EQ(transport.stats().idle, 3u);
}

TEST_P(ConnectionReuse, IdleConnectionsAreClosedAfterTheirTime) {
  TransportOptions options = Options();
  options.idle_timeout = 20ms;
  TransportRunner transport(options);
  upstream_.SetDefault(Answer::Json(200, "{}").Delayed(5ms));
  SendAtOnce(transport, 5);
  EXPECT_TRUE(upstream_.WaitForOpenConnections(0));
  EXPECT_TRUE(transport.WaitForStats([](const TransportStats& s) { return s.open == 0; }));
  EXPECT_EQ(transport.stats().stale, 0u);
}

TEST_P(ConnectionReuse, AnUpstreamThatKeepsNothingForLongIsBelieved) {
  TransportRunner transport(Options());
  upstream_.Enqueue(Answer::Json(200, "{}", {{"Keep-Alive", "timeout=1"}}));
  ExpectOk(transport.Send(), "{}");
  EXPECT_EQ(transport.stats().open, 0u);
}

TEST_P(ConnectionReuse, AnOldConnectionCarriesNoFurtherRequest) {
  TransportOptions options = Options();
  options.max_connection_life = 1ms;
  TransportRunner transport(options);
  upstream_.SetDefault(Answer::Json(200, "{}").Delayed(5ms));
  ExpectOk(transport.Send(), "{}");
  ExpectOk(transport.Send(), "{}");
  EXPECT_EQ(upstream_.connections(), 2);
}

TEST_P(ConnectionReuse, HundredsOfConnectionsComeAndGo) {
  TransportRunner transport(Options());
  upstream_.SetDefault(Answer::Json(200, "{}").Delayed(20ms));
  SendAtOnce(transport, 150);
  SendAtOnce(transport, 150);
  upstream_.ToIdleConnections(OnIdle::kClose);
  EXPECT_TRUE(transport.WaitForStats([](const TransportStats& s) { return s.open == 0; }));
  SendAtOnce(transport, 10);
}

TEST_P(ConnectionReuse, GoingAwayClosesIdleConnections) {
  {
    TransportRunner transport(Options());
    SendAtOnce(transport, 5);
  }
  EXPECT_TRUE(upstream_.WaitForOpenConnections(0));
}

}  // namespace
}  // namespace modelgates::gateway
