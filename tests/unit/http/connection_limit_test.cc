#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "support/fake_upstream.h"
#include "support/test_certificate.h"
#include "unit/http/transport_runner.h"

namespace modelgates::gateway {
namespace {

using namespace std::chrono_literals;

class ConnectionLimit : public testing::Test {
 protected:
  static FakeUpstream::Options WithTls(const TestCertificate& certificate) {
    FakeUpstream::Options options;
    options.tls = certificate.server_context();
    return options;
  }

  TransportOptions Options() const {
    TransportOptions options;
    options.base_url = upstream_.url();
    options.ca_file = certificate_.ca_file();
    return options;
  }

  const TestCertificate certificate_{"127.0.0.1"};
  FakeUpstream upstream_{WithTls(certificate_)};
};

// Given room for three connections, when a hundred calls come at once, then all are served, by no
// more than these three.
TEST_F(ConnectionLimit, OfAllMakesCallsWait) {
  TransportOptions options = Options();
  options.max_connections = 3;
  TransportRunner transport(options);
  std::vector<std::future<Sent>> sent;
  for (int i = 0; i < 100; ++i) sent.push_back(transport.Start());
  for (std::future<Sent>& one : sent) ExpectOk(one.get(), "{}");
  EXPECT_LE(upstream_.connections(), 3);
}

// Given an upstream that closes after each answer, then its room goes to the next call.
TEST_F(ConnectionLimit, GivesTheRoomOfAClosedConnectionAway) {
  upstream_.SetDefault(Answer::Json(200, "{}", {{"Connection", "close"}}));
  TransportOptions options = Options();
  options.max_connections = 2;
  TransportRunner transport(options);
  std::vector<std::future<Sent>> sent;
  for (int i = 0; i < 20; ++i) sent.push_back(transport.Start());
  for (std::future<Sent>& one : sent) ExpectOk(one.get(), "{}");
  EXPECT_EQ(upstream_.connections(), 20);
}

TEST_F(ConnectionLimit, EndsAtTheDeadlineOfACallWithNothingSent) {
  upstream_.SetDefault(Answer::Hang());
  TransportOptions options = Options();
  options.max_connections = 2;
  options.connect_timeout = 1ms * 60'000;
  TransportRunner transport(options);
  std::stop_source source;
  TransportRunner::Limits held;
  held.stop = source.get_token();
  std::vector<std::future<Sent>> sent;
  for (int i = 0; i < 2; ++i) sent.push_back(transport.Start("{}", held));
  ASSERT_TRUE(upstream_.WaitForRequests(2));
  TransportRunner::Limits limits;
  limits.deadline = 20ms;
  const Sent late = transport.Send("{}", limits);
  ExpectError(late, TransportFailure::kTimeout, Delivery::kNever);
  EXPECT_FALSE(late.offered);
  EXPECT_EQ(late.error().cause, "no connection came free: 2 are open, of 2");
  transport.OnLoop([&] { source.request_stop(); });
  for (std::future<Sent>& one : sent) one.get();
  EXPECT_EQ(upstream_.connections(), 2);
}

// Given a connection that is being made and never will be, when another one comes free, then the
// call that waited for its turn to connect has it.
TEST_F(ConnectionLimit, OfConnectsIsNoReasonToWaitLongerThanForAConnection) {
  TransportOptions options = Options();
  options.max_connects = 1;
  TransportRunner transport(options);
  upstream_.Enqueue(Answer::Json(200, "{}").Delayed(50ms));
  std::future<Sent> first = transport.Start("first");
  ASSERT_TRUE(upstream_.WaitForRequests(1));
  upstream_.EnqueueConnection(OnAccept::kIgnore);
  std::stop_source source;
  TransportRunner::Limits stoppable;
  stoppable.stop = source.get_token();
  std::future<Sent> hangs = transport.Start("hangs", stoppable);
  std::future<Sent> waits = transport.Start("waits");
  ExpectOk(first.get(), "{}");
  ExpectOk(waits.get(), "{}");
  transport.OnLoop([&] { source.request_stop(); });
  ExpectError(hangs.get(), TransportFailure::kCancelled, Delivery::kNever);
  const std::vector<ReceivedRequest> requests = upstream_.Requests();
  ASSERT_EQ(requests.size(), 2u);
  EXPECT_EQ(requests[1].body, "waits");
  EXPECT_EQ(requests[1].connection, requests[0].connection);
}

// Given all connections idle, when a call needs one that is new, then an idle one makes room.
TEST_F(ConnectionLimit, IsNoObstacleToANewConnection) {
  TransportOptions options = Options();
  options.max_connections = 1;
  TransportRunner transport(options);
  ExpectOk(transport.Send(), "{}");
  TransportRunner::Limits fresh;
  fresh.fresh_connection = true;
  ExpectOk(transport.Send("{}", fresh), "{}");
  EXPECT_EQ(upstream_.connections(), 2);
  EXPECT_EQ(transport.stats().open, 1u);
}

// Given one connection, in use, when a call that needs a new one waits, then it is not passed over
// by those who come later and could use the old one.
TEST_F(ConnectionLimit, PassesNobodyOver) {
  TransportOptions options = Options();
  options.max_connections = 1;
  TransportRunner transport(options);
  upstream_.Enqueue(Answer::Json(200, "{}").Delayed(50ms));
  std::future<Sent> first = transport.Start("first");
  ASSERT_TRUE(upstream_.WaitForRequests(1));
  TransportRunner::Limits limits;
  limits.fresh_connection = true;
  std::future<Sent> fresh = transport.Start("fresh", limits);
  std::future<Sent> last = transport.Start("last");
  for (std::future<Sent>* one : {&first, &fresh, &last}) ExpectOk(one->get(), "{}");
  const std::vector<ReceivedRequest> requests = upstream_.Requests();
  ASSERT_EQ(requests.size(), 3u);
  EXPECT_EQ(requests[1].body, "fresh");
  EXPECT_EQ(requests[2].body, "last");
  EXPECT_EQ(upstream_.connections(), 2);
}

TEST_F(ConnectionLimit, LetsThoseGoWhoWaitWhenTheTransportGoesAway) {
  upstream_.SetDefault(Answer::Hang());
  TransportOptions options = Options();
  options.max_connections = 1;
  TransportRunner transport(options);
  std::vector<std::future<Sent>> sent;
  for (int i = 0; i < 3; ++i) sent.push_back(transport.Start());
  ASSERT_TRUE(upstream_.WaitForRequests(1));
  transport.DestroyTransport();
  for (std::future<Sent>& one : sent) {
    EXPECT_EQ(one.get().error().failure, TransportFailure::kCancelled);
  }
}

}  // namespace
}  // namespace modelgates::gateway
