#include <gmock/gmock.h>

#include <list>

#include "integration/call_messages.h"
#include "support/fake_upstream.h"
#include "support/gateway_client.h"
#include "support/gateway_process.h"
#include "support/measured_memory.h"
#include "support/metric_value.h"
#include "support/raw_http2.h"
#include "support/server_series.h"
#include "support/typed_error.h"

namespace modelgates::gateway {
namespace {

constexpr size_t kMegabyte = 1 << 20;

// Given clients that let no byte of their replies come, however many exchanges they have made, then
// what they leave behind is bounded, in memory and in calls: others are served.
TEST(UnreadReplies, AreBoundedAndKeepNobodyElseWaiting) {
  constexpr int kConnections = 60;
  constexpr int kCalls = 100;  // of a connection
  constexpr int kAtOnce = 5;   // connections: as many calls as may run
  FakeUpstream upstream;
  AnswerBoth(upstream);
  GatewayProcess gateway({"--upstream=" + upstream.url() + "/api/v1", "--attempt_timeout=60s",
                          "--max_concurrent_calls=500", "--exchange_replay_ttl=0s"},
                         MeasuredEnvironment());
  ASSERT_TRUE(gateway.WaitUntilListening()) << gateway.err();
  GatewayClient client(gateway.grpc_address());
  ASSERT_THAT(client.Exchange(MinimalExchange("code-of-another")), Succeeds());
  const size_t before = gateway.peak_memory_bytes();

  RawHttp2::Options closed_window;
  closed_window.initial_window_bytes = 0;
  std::list<RawHttp2> clients;
  int exchanges = 1;
  for (int i = 0; i < kConnections; ++i) {
    RawHttp2& unreading = clients.emplace_back(gateway.grpc_address(), closed_window);
    std::string frames;
    for (int call = 0; call < kCalls; ++call) {
      const auto request = MinimalExchange("code-" + std::to_string(exchanges++));
      frames += unreading.Call("ExchangeAuthCode", request.SerializeAsString());
    }
    ASSERT_TRUE(unreading.Send(frames));
    if (i % kAtOnce != kAtOnce - 1) continue;
    ASSERT_TRUE(WaitForMetric(gateway.admin_address(),
                              ServerSeries("grpc_server_handled_total", "ExchangeAuthCode", "OK"),
                              exchanges));
  }
  EXPECT_THAT(client.Exchange(MinimalExchange("code-of-another-2")), Succeeds());
  EXPECT_THAT(client.Create(MinimalCreate()), Succeeds());
  EXPECT_LT(gateway.peak_memory_bytes(), before + 32 * kMegabyte * kSanitizerFactor);
  clients.clear();
  EXPECT_EQ(gateway.Terminate(), 0) << gateway.err();
}

}  // namespace
}  // namespace modelgates::gateway
