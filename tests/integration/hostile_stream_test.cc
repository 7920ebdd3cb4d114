#include "integration/gateway_fixture.h"
#include "support/metric_value.h"
#include "support/raw_http2.h"
#include "support/server_series.h"

namespace modelgates::gateway {
namespace {

using std::chrono::milliseconds;
constexpr char kInFlight[] = "oauth_gateway_calls_in_flight";
const std::string kCreatesStarted = ServerSeries("grpc_server_started_total", "CreateAuthCode");
const std::string kExchangesStarted = ServerSeries("grpc_server_started_total", "ExchangeAuthCode");
constexpr char kGivenUp[] = "oauth_gateway_incomplete_requests_given_up_total";

// Clients that use HTTP/2 against its spirit. Others must not notice.
class HostileStreams : public GatewayTest {
 protected:
  HostileStreams() { config_.admin_listen = "127.0.0.1:0"; }

  static std::string CreateBytes() { return MinimalCreate().SerializeAsString(); }

  // An exchange whose error has as many details as fit: 5 KB of trailers.
  static std::string BadExchangeBytes() {
    oauth::v1::ExchangeAuthCodeRequest request;
    for (int i = 0; i < 32; ++i) request.mutable_retries()->add_status_codes("bad");
    request.set_code_verifier("short");
    request.set_http_referer("\n");
    request.set_x_open_router_title("\n");
    request.set_x_open_router_categories("\n");
    return request.SerializeAsString();
  }

  void ExpectOthersAreServed() {
    EXPECT_THAT(Create(), Succeeds());
    EXPECT_THAT(Exchange("code-" + std::to_string(++codes_)), Succeeds());
  }

  // Until so many calls were started, or given up before their request was read, which happens to
  // who opens more streams at once than HTTP/2's settings allow.
  bool WaitUntilTaken(double calls) {
    const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    double taken = 0;
    while (taken < calls && std::chrono::steady_clock::now() < patience) {
      taken = 0;
      for (const std::string& series :
           {kCreatesStarted, kExchangesStarted, std::string(kGivenUp)}) {
        taken += MetricValue(server().admin_address(), series).value_or(0);
      }
    }
    return taken == calls;
  }

  void ExpectNothingIsLeft() {
    EXPECT_TRUE(WaitForMetric(server().admin_address(), kInFlight, 0));
    ExpectOthersAreServed();
  }

 private:
  int codes_ = 0;
};

// CVE-2023-44487: streams that are reset as soon as they are open do not count as open, so nothing
// in the protocol bounds how many there are.
TEST_F(HostileStreams, AreResetAsSoonAsTheyAreOpen) {
  constexpr int kBatches = 10;
  constexpr int kStreams = 500;
  RawHttp2 hostile(server().grpc_address());
  for (int batch = 0; batch < kBatches; ++batch) {
    std::string frames;
    for (int i = 0; i < kStreams; ++i) {
      frames += hostile.OpenCall(i % 2 == 0 ? "CreateAuthCode" : "ExchangeAuthCode");
      frames += RawHttp2::ResetFrame(hostile.stream());
    }
    if (!hostile.Send(frames)) break;  // the gateway may hang up on such a client
    ExpectOthersAreServed();
  }
  ExpectNothingIsLeft();
}

// The same once the request is there, so that each has begun to be served.
TEST_F(HostileStreams, AreResetAsSoonAsTheyAreServed) {
  constexpr int kBatches = 5;
  constexpr int kStreams = 200;
  upstream_.SetDefault(kCreatePath, Answer::Json(200, kCreatedBody).Delayed(milliseconds(5)));
  RawHttp2 hostile(server().grpc_address());
  for (int batch = 0; batch < kBatches; ++batch) {
    std::string frames;
    for (int i = 0; i < kStreams; ++i) {
      frames += hostile.Call("CreateAuthCode", CreateBytes());
      frames += RawHttp2::ResetFrame(hostile.stream());
    }
    if (!hostile.Send(frames)) break;
    ExpectOthersAreServed();
  }
  ExpectNothingIsLeft();
}

// Given a client that takes no byte of its replies, because it allows none or because it never
// reads, then its calls end all the same, room for others included.
TEST_F(HostileStreams, AreNeverReadFrom) {
  config_.max_concurrent_calls = 50;
  constexpr int kStreams = 1000;
  RawHttp2::Options closed_window;
  closed_window.initial_window_bytes = 0;
  RawHttp2::Options small_buffer;
  small_buffer.receive_buffer_bytes = 1024;
  double sent = 0;
  for (const RawHttp2::Options& options : {closed_window, small_buffer}) {
    RawHttp2 hostile(server().grpc_address(), options);
    for (int i = 0; i < kStreams; ++i) {
      ASSERT_TRUE(hostile.Send(hostile.Call("CreateAuthCode", CreateBytes())));
      // No window holds trailers back: the gateway's side of the socket fills up.
      ASSERT_TRUE(hostile.Send(hostile.Call("ExchangeAuthCode", BadExchangeBytes())));
    }
    sent += 2 * kStreams;
    EXPECT_TRUE(WaitUntilTaken(sent));
    EXPECT_TRUE(WaitForMetric(server().admin_address(), kInFlight, 0));
    ExpectOthersAreServed();
    sent += 2;
  }
  ExpectNothingIsLeft();
}

// Given clients that keep to what HTTP/2's settings allow, however many there are and however much
// they send at once, headers first, then none of their requests is given up.
TEST_F(HostileStreams, AreNotThoseOfManyBusyClients) {
  config_.max_concurrent_calls = 10'000;
  constexpr int kClients = 60;
  constexpr int kStreams = 100;
  std::vector<std::unique_ptr<RawHttp2>> clients;
  std::vector<std::string> frames;
  for (int i = 0; i < kClients; ++i) {
    auto& client = clients.emplace_back(std::make_unique<RawHttp2>(server().grpc_address()));
    client->Send(client->Call("CreateAuthCode", CreateBytes()));
    ASSERT_EQ(client->WaitForEnd(client->stream()), RawHttp2::End::kAnswered);
    std::string headers;
    std::string messages;
    for (int call = 0; call < kStreams; ++call) {
      headers += client->OpenCall("CreateAuthCode");
      messages += client->Data(RawHttp2::MessageHead(CreateBytes().size()) + CreateBytes()) +
                  client->EndStream();
    }
    frames.push_back(headers + messages);
  }
  for (int i = 0; i < kClients; ++i) ASSERT_TRUE(clients[i]->Send(frames[i]));
  for (const auto& client : clients) EXPECT_EQ(client->WaitForEnds(kStreams), kStreams);
  EXPECT_EQ(MetricValue(server().admin_address(), kGivenUp), 0);
  EXPECT_EQ(MetricValue(server().admin_address(), kCreatesStarted), kClients * (kStreams + 1));
}

// Requests that never end wait outside: they are not yet calls.
TEST_F(HostileStreams, NeverSendTheirRequest) {
  config_.max_concurrent_calls = 10;
  RawHttp2 hostile(server().grpc_address());
  std::string frames;
  for (int i = 0; i < 500; ++i) frames += hostile.OpenCall("CreateAuthCode");
  ASSERT_TRUE(hostile.Send(frames));
  ExpectOthersAreServed();
  ExpectNothingIsLeft();
}

}  // namespace
}  // namespace modelgates::gateway
