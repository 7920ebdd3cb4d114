#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <vector>

#include "support/compressed.h"
#include "support/fake_upstream.h"
#include "support/test_certificate.h"
#include "unit/http/transport_runner.h"

namespace modelgates::gateway {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

constexpr uint32_t kNoError = 0x0;

const TestCertificate& Certificate() {
  static const TestCertificate certificate("127.0.0.1");
  return certificate;
}

TransportOptions OptionsFor(const FakeUpstream& upstream,
                            TransportOptions::Http http = TransportOptions::Http::k2) {
  TransportOptions options;
  options.base_url = upstream.url();
  options.ca_file = Certificate().ca_file();
  options.http = http;
  return options;
}

TransportRunner::Limits Within(Duration deadline) {
  TransportRunner::Limits limits;
  limits.deadline = deadline;
  return limits;
}

class Http2Transport : public testing::Test {
 protected:
  FakeUpstream upstream_{{.http2 = true}};
  TransportRunner transport_{OptionsFor(upstream_)};
};

TEST_F(Http2Transport, SendsTheSameRequest) {
  HttpRequest request("/auth/keys/code");
  ASSERT_TRUE(request.AddHeader("Authorization", "Bearer sk-test"));
  request.set_body(R"({"callback_url":"https://a.b/c"})");
  const Sent sent = transport_.StartRequest(std::move(request), {}).get();
  ExpectOk(sent, "{}");
  EXPECT_TRUE(sent.offered);
  const ReceivedRequest received = upstream_.Requests().at(0);
  EXPECT_EQ(received.method, "POST");
  EXPECT_EQ(received.target, "/auth/keys/code");
  EXPECT_EQ(received.Header("host"), "127.0.0.1:" + std::to_string(upstream_.port()));
  EXPECT_EQ(received.Header("authorization"), "Bearer sk-test");
  EXPECT_EQ(received.body, R"({"callback_url":"https://a.b/c"})");
}

TEST_F(Http2Transport, SendsALargeBodyWhole) {
  std::string body;
  while (body.size() < 1'000'000) body += std::to_string(body.size()) + ",";
  ExpectOk(transport_.Send(body), "{}");
  EXPECT_TRUE(upstream_.Requests().at(0).body == body);
}

TEST_F(Http2Transport, RemovesContentCodings) {
  upstream_.Enqueue(Answer::Json(200, Gzip("plain"), {{"Content-Encoding", "gzip"}}));
  ExpectOk(transport_.Send(), "plain");
}

TEST_F(Http2Transport, SendsManyRequestsOnOneConnection) {
  upstream_.SetDefault(Answer::Json(200, "{}").Delayed(20ms));
  std::vector<std::future<Sent>> sent;
  for (int i = 0; i < 50; ++i) sent.push_back(transport_.Start());
  for (std::future<Sent>& one : sent) ExpectOk(one.get(), "{}");
  EXPECT_EQ(upstream_.connections(), 1);
  EXPECT_EQ(transport_.stats().reuses, 49u);
  EXPECT_EQ(transport_.stats().idle, 1u);
}

// Given no connection, when a thousand calls come at once, then they wait for the few that their
// streams need.
TEST_F(Http2Transport, MakesAHandfulOfConnectionsForABurst) {
  upstream_.SetDefault(Answer::Json(200, "{}").Delayed(50ms));
  std::vector<std::future<Sent>> sent;
  for (int i = 0; i < 1000; ++i) sent.push_back(transport_.Start());
  for (std::future<Sent>& one : sent) ExpectOk(one.get(), "{}");
  EXPECT_LE(upstream_.connections(), 10);
  EXPECT_EQ(upstream_.Requests().size(), 1000u);
}

// Given a peer that allows one stream at a time, then each connection carries one.
TEST(Http2Streams, AreAsManyAsTheUpstreamAllows) {
  FakeUpstream upstream({.http2 = true, .max_streams = 1});
  upstream.SetDefault(Answer::Json(200, "{}").Delayed(20ms));
  TransportRunner transport(OptionsFor(upstream));
  std::vector<std::future<Sent>> sent;
  for (int i = 0; i < 20; ++i) sent.push_back(transport.Start());
  for (std::future<Sent>& one : sent) ExpectOk(one.get(), "{}");
  EXPECT_EQ(upstream.Requests().size(), 20u);
}

// Given a peer that allows no stream, then a call waits until its deadline, on one connection.
TEST(Http2Streams, ThatAreNeverAllowedLeaveTheRequestUnsent) {
  FakeUpstream upstream({.http2 = true, .max_streams = 0});
  TransportRunner transport(OptionsFor(upstream));
  const Sent sent = transport.Send("{}", Within(100ms));
  ExpectError(sent, TransportFailure::kTimeout, Delivery::kNever);
  EXPECT_FALSE(sent.offered);
  EXPECT_EQ(upstream.connections(), 1);
}

// Given room for one connection, then calls wait for its streams.
TEST(Http2Streams, AreWaitedForWhereConnectionsAreBounded) {
  FakeUpstream upstream({.http2 = true, .max_streams = 2});
  upstream.SetDefault(Answer::Json(200, "{}").Delayed(2ms));
  TransportOptions options = OptionsFor(upstream);
  options.max_connections = 1;
  TransportRunner transport(options);
  std::vector<std::future<Sent>> sent;
  for (int i = 0; i < 50; ++i) sent.push_back(transport.Start());
  for (std::future<Sent>& one : sent) ExpectOk(one.get(), "{}");
  EXPECT_EQ(upstream.connections(), 1);
}

// Given an upstream that lowers its limit while requests run, then those go on and others wait.
TEST_F(Http2Transport, FollowsALowerLimit) {
  upstream_.Enqueue(Answer().ThenAllow(1).Then(Answer::Json(200, "{}").steps()[0].bytes));
  ExpectOk(transport_.Send(), "{}");
  upstream_.SetDefault(Answer::Json(200, "{}").Delayed(5ms));
  std::vector<std::future<Sent>> sent;
  for (int i = 0; i < 10; ++i) sent.push_back(transport_.Start());
  for (std::future<Sent>& one : sent) ExpectOk(one.get(), "{}");
  EXPECT_EQ(upstream_.Requests().size(), 11u);
}

// Given a request on its way to a connection that the upstream ends in order, when the upstream
// says that it did not process it, then it is sent again at once and the caller notices nothing.
TEST_F(Http2Transport, SendsAgainWhatAGoAwayLeftOut) {
  upstream_.Enqueue(Answer::GoAwayBelow(kNoError));
  ExpectOk(transport_.Send("first"), "{}");
  const std::vector<ReceivedRequest> requests = upstream_.Requests();
  ASSERT_EQ(requests.size(), 2u);
  EXPECT_EQ(requests[1].body, "first");
  EXPECT_EQ(requests[1].connection, 2);
}

// An upstream that does this every time is left to the retry policy.
TEST_F(Http2Transport, DoesNotSendAgainForEver) {
  upstream_.SetDefault(Answer::GoAwayBelow(kNoError));
  ExpectError(transport_.Send(), TransportFailure::kRefusedStream, Delivery::kNever);
  EXPECT_LE(upstream_.Requests().size(), 5u);
}

TEST_F(Http2Transport, FinishesWhatRunsWhenTheUpstreamLeaves) {
  upstream_.Enqueue(
      Answer().ThenGoAway(kNoError).After(20ms).Then(Answer::Json(200, "{}").steps()[0].bytes));
  auto first = transport_.Start();
  ASSERT_TRUE(upstream_.WaitForRequests(1));
  ExpectOk(transport_.Send(), "{}");
  ExpectOk(first.get(), "{}");
  EXPECT_TRUE(transport_.WaitForStats([](const TransportStats& it) { return it.open == 1; }));
}

TEST_F(Http2Transport, ResetsTheStreamAtTheDeadlineAndKeepsTheConnection) {
  upstream_.Enqueue(Answer::Hang());
  ExpectError(transport_.Send("{}", Within(50ms)), TransportFailure::kTimeout, Delivery::kMaybe);
  ExpectOk(transport_.Send(), "{}");
  EXPECT_EQ(upstream_.connections(), 1);
}

TEST_F(Http2Transport, EndsACallThatIsStopped) {
  upstream_.Enqueue(Answer::Hang());
  std::stop_source stop;
  TransportRunner::Limits limits;
  limits.stop = stop.get_token();
  auto sending = transport_.Start("{}", limits);
  ASSERT_TRUE(upstream_.WaitForRequests(1));
  transport_.OnLoop([&] { stop.request_stop(); });
  ExpectError(sending.get(), TransportFailure::kCancelled, Delivery::kMaybe);
}

TEST_F(Http2Transport, EndsEveryCallWhenItIsDestroyed) {
  upstream_.SetDefault(Answer::Hang());
  std::vector<std::future<Sent>> sent;
  for (int i = 0; i < 10; ++i) sent.push_back(transport_.Start());
  ASSERT_TRUE(upstream_.WaitForRequests(10));
  transport_.DestroyTransport();
  for (std::future<Sent>& one : sent) {
    ExpectError(one.get(), TransportFailure::kCancelled, Delivery::kMaybe);
  }
  EXPECT_TRUE(upstream_.WaitForOpenConnections(0));
}

TEST_F(Http2Transport, EndsACallThatWaitsForAConnectionWhenItIsDestroyed) {
  upstream_.EnqueueConnection(OnAccept::kIgnore);
  auto sending = transport_.Start();
  ASSERT_TRUE(upstream_.WaitForConnections(1));
  transport_.DestroyTransport();
  ExpectError(sending.get(), TransportFailure::kCancelled, Delivery::kNever);
}

TEST_F(Http2Transport, ReplacesAnIdleConnectionThatTheUpstreamClosed) {
  ExpectOk(transport_.Send(), "{}");
  upstream_.ToIdleConnections(OnIdle::kClose);
  EXPECT_TRUE(transport_.WaitForStats([](const TransportStats& it) { return it.open == 0; }));
  EXPECT_EQ(transport_.stats().stale, 1u);
  ExpectOk(transport_.Send(), "{}");
}

TEST_F(Http2Transport, BlamesAStaleConnectionForARequestThatItLost) {
  ExpectOk(transport_.Send(), "{}");
  upstream_.Enqueue(Answer().ThenClose());
  EXPECT_TRUE(transport_.Send().error().stale_connection);
  upstream_.Enqueue(Answer().ThenClose());
  EXPECT_FALSE(transport_.Send().error().stale_connection);
}

TEST(Http2Idle, ConnectionsAreClosed) {
  FakeUpstream upstream({.http2 = true});
  TransportOptions options = OptionsFor(upstream);
  options.idle_timeout = 20ms;
  TransportRunner transport(options);
  ExpectOk(transport.Send(), "{}");
  EXPECT_TRUE(upstream.WaitForOpenConnections(0));
  EXPECT_EQ(transport.stats().stale, 0u);
}

TEST(Http2Idle, ConnectionsAreReplacedAtTheEndOfTheirLife) {
  FakeUpstream upstream({.http2 = true});
  TransportOptions options = OptionsFor(upstream);
  options.max_connection_life = 1ms;
  TransportRunner transport(options);
  ExpectOk(transport.Send(), "{}");
  EXPECT_TRUE(upstream.WaitForOpenConnections(0));
  ExpectOk(transport.Send(), "{}");
  EXPECT_EQ(upstream.connections(), 2);
}

// Given a peer whose host has vanished, then a PING finds out, and the request is lost.
TEST(Http2Ping, ThatIsNotAnsweredEndsTheConnection) {
  FakeUpstream upstream({.http2 = true});
  upstream.SetDefault(Answer().ThenSilence());
  TransportOptions options = OptionsFor(upstream);
  options.ping_after = 20ms;
  options.ping_timeout = 20ms;
  TransportRunner transport(options);
  const TransportError error = transport.Send().error();
  EXPECT_EQ(error.failure, TransportFailure::kReset);
  EXPECT_EQ(error.delivery, Delivery::kMaybe);
  EXPECT_THAT(error.cause, HasSubstr("PING"));
}

TEST(Http2Ping, ThatIsAnsweredLeavesASlowRequestAlone) {
  FakeUpstream upstream({.http2 = true});
  upstream.SetDefault(Answer::Json(200, "{}").Delayed(200ms));
  TransportOptions options = OptionsFor(upstream);
  options.ping_after = 20ms;
  TransportRunner transport(options);
  ExpectOk(transport.Send(), "{}");
}

// What becomes of a connection before it carries a request.
struct GreetingCase {
  const char* name;
  OnAccept what;
  TransportFailure failure;
  std::string_view cause;
};

void PrintTo(const GreetingCase& row, std::ostream* out) { *out << row.name; }

class Http2Greeting : public testing::TestWithParam<GreetingCase> {};

TEST_P(Http2Greeting, ThatFailsLeavesTheRequestUnsent) {
  FakeUpstream upstream({.http2 = true});
  TransportOptions options = OptionsFor(upstream);
  options.connect_timeout = 200ms;
  TransportRunner transport(options);
  upstream.EnqueueConnection(GetParam().what);
  const Sent sent = transport.Send();
  ExpectError(sent, GetParam().failure, Delivery::kNever);
  EXPECT_THAT(sent.error().cause, HasSubstr(GetParam().cause));
  EXPECT_FALSE(sent.offered);
  EXPECT_EQ(transport.stats().connect_failures, 1u);
  EXPECT_EQ(transport.stats().open, 0u);
  ExpectOk(transport.Send(), "{}");
}

INSTANTIATE_TEST_SUITE_P(
    , Http2Greeting,
    testing::Values(
        GreetingCase{"Closed", OnAccept::kClose, TransportFailure::kReset, ""},
        GreetingCase{"ResetInHello", OnAccept::kResetInHello, TransportFailure::kReset, "reset"},
        GreetingCase{"Silent", OnAccept::kIgnore, TransportFailure::kConnectTimeout,
                     "no HTTP/2 SETTINGS"},
        GreetingCase{"Http1", OnAccept::kSpeakPlain, TransportFailure::kGarbage, "no HTTP/2"}),
    [](const auto& row) { return row.param.name; });

// Given many calls that wait for the first connection, when it cannot be made, then all learn why.
TEST(Http2Connect, FailsForAllThatWait) {
  FakeUpstream upstream({.http2 = true});
  TransportRunner transport(OptionsFor(upstream));
  upstream.EnqueueConnection(OnAccept::kSpeakPlain);
  std::promise<void> all_are_started;
  const std::shared_future<void> started = all_are_started.get_future().share();
  transport.Post([started] { started.wait(); });
  std::vector<std::future<Sent>> sent;
  for (int i = 0; i < 20; ++i) sent.push_back(transport.Start());
  all_are_started.set_value();
  for (std::future<Sent>& one : sent) {
    ExpectError(one.get(), TransportFailure::kGarbage, Delivery::kNever);
  }
  EXPECT_EQ(upstream.connections(), 1);
}

// What TLS negotiates.
TEST(Http2Negotiation, TakesHttp2WhereItIsOffered) {
  FakeUpstream upstream({.tls = Certificate().server_context(), .http2 = true});
  for (const auto http : {TransportOptions::Http::k2, TransportOptions::Http::kAuto}) {
    TransportRunner transport(OptionsFor(upstream, http));
    ExpectOk(transport.Send(), "{}");
    EXPECT_THAT(upstream.Requests().back().head, HasSubstr("HTTP/2"));
  }
}

TEST(Http2Negotiation, FallsBackToHttp1) {
  FakeUpstream upstream({.tls = Certificate().server_context()});
  TransportRunner transport(OptionsFor(upstream, TransportOptions::Http::kAuto));
  std::vector<std::future<Sent>> sent;
  for (int i = 0; i < 20; ++i) sent.push_back(transport.Start());
  for (std::future<Sent>& one : sent) ExpectOk(one.get(), "{}");
  // The connection that found out is used, and it is known from then on.
  EXPECT_LE(upstream.connections(), 20);
  ExpectOk(transport.Send(), "{}");
  EXPECT_LE(upstream.connections(), 20);
  EXPECT_THAT(upstream.Requests().back().head, HasSubstr("HTTP/1.1"));
}

TEST(Http2Negotiation, FailsWhereHttp2IsRequired) {
  FakeUpstream upstream({.tls = Certificate().server_context()});
  TransportRunner transport(OptionsFor(upstream));
  const TransportError error = transport.Send().error();
  EXPECT_EQ(error.failure, TransportFailure::kTls);
  EXPECT_EQ(error.detail, FailureDetail::kNoHttp2);
  EXPECT_EQ(error.delivery, Delivery::kNever);
  EXPECT_THAT(error.cause, HasSubstr("HTTP/2"));
  EXPECT_TRUE(upstream.Requests().empty());
}

TEST(Http2Negotiation, WithoutTlsIsHttp1) {
  FakeUpstream upstream;
  TransportRunner transport(OptionsFor(upstream, TransportOptions::Http::kAuto));
  ExpectOk(transport.Send(), "{}");
}

// What 1.1 is asked for and the upstream offers more: 1.1 it is.
TEST(Http2Negotiation, IsNotOfferedWhereHttp1IsRequired) {
  FakeUpstream upstream({.tls = Certificate().server_context(), .http2 = true});
  TransportRunner transport(OptionsFor(upstream, TransportOptions::Http::k1));
  ExpectOk(transport.Send(), "{}");
  EXPECT_THAT(upstream.Requests().back().head, HasSubstr("HTTP/1.1"));
}

}  // namespace
}  // namespace modelgates::gateway
