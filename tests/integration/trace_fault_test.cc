#include "integration/gateway_fixture.h"
#include "integration/trace_sink.h"
#include "support/metric_value.h"
#include "trace/span_observer.h"

namespace modelgates::gateway {
namespace {

using namespace std::chrono_literals;

constexpr int kCalls = 150;
constexpr size_t kQueue = 64;
constexpr size_t kBatch = 16;
// Of one span: ids, times, and a dozen attributes.
constexpr size_t kMostBytesOfASpan = 2'048;

struct CollectorCase {
  std::string name;
  Answer answer;
  OnAccept on_accept = OnAccept::kServe;
  bool all_lost = true;
};

class CollectorFault : public GatewayTest, public testing::WithParamInterface<CollectorCase> {
 protected:
  CollectorFault() {
    collector_.SetDefault(GetParam().answer);
    for (int i = 0; i < 1'000; ++i) collector_.EnqueueConnection(GetParam().on_accept);
    config_.admin_listen = "127.0.0.1:0";
    traces_ =
        TracesTo(collector_.url(), {{"OTEL_BSP_MAX_QUEUE_SIZE", std::to_string(kQueue)},
                                    {"OTEL_BSP_MAX_EXPORT_BATCH_SIZE", std::to_string(kBatch)},
                                    {"OTEL_BSP_EXPORT_TIMEOUT", "300"},
                                    {"OTEL_EXPORTER_OTLP_TIMEOUT", "200"}});
  }

  double Count(const std::string& series) {
    return MetricValue(server().admin_address(), series).value_or(-1);
  }
  double Exported() { return Count("oauth_gateway_spans_exported_total"); }
  double Lost() {
    double lost = 0;
    for (const char* cause : {"queue_full", "refused", "unreachable", "stopped"}) {
      lost += Count("oauth_gateway_spans_dropped_total{cause=\"" + std::string(cause) + "\"}");
    }
    return lost;
  }
  // Until every span is counted, one way or the other.
  bool WaitForSpans(double spans) {
    const auto until = std::chrono::steady_clock::now() + 30s;
    while (Exported() + Lost() < spans) {
      if (std::chrono::steady_clock::now() > until) return false;
    }
    return true;
  }

  FakeUpstream collector_;
};

// Given a collector at fault, when calls are made, then each of them succeeds, no more is kept of
// their spans than queue and batch, and what is lost is counted and said once.
TEST_P(CollectorFault, ChangesNothingOfACall) {
  for (int i = 0; i < kCalls; ++i) ASSERT_TRUE(Create().ok());
  ASSERT_TRUE(WaitForSpans(2.0 * kCalls));
  EXPECT_EQ(Exported() + Lost(), 2.0 * kCalls);
  // What is never read does not notice that it is closed.
  if (GetParam().on_accept == OnAccept::kServe) {
    EXPECT_LE(collector_.open_connections(), 1);
  }
  for (const ReceivedRequest& request : collector_.Requests()) {
    EXPECT_LE(request.body.size(), kBatch * kMostBytesOfASpan);
  }
  if (GetParam().all_lost) {
    EXPECT_EQ(Exported(), 0);
    EXPECT_GE(log_.Lines("spans_lost").size(), 1u);
    EXPECT_LE(log_.Lines("spans_lost").size(), kSpanLosses);
  }
  EXPECT_EQ(Count("oauth_gateway_breaker_state"), 0);
  EXPECT_EQ(Count("oauth_gateway_upstream_attempts_total{outcome=\"2xx\",rpc=\"CreateAuthCode\"}"),
            kCalls);
}

INSTANTIATE_TEST_SUITE_P(
    Collectors, CollectorFault,
    testing::Values(CollectorCase{"Silent", Answer::Hang()},
                    CollectorCase{"NeverAccepts", {}, OnAccept::kIgnore},
                    CollectorCase{"ClosesAtOnce", {}, OnAccept::kClose},
                    CollectorCase{"Resets", Answer().ThenReset()},
                    CollectorCase{"BadRequest", Answer::Json(400, "{}")},
                    CollectorCase{"ServerError", Answer::Json(500, "{}")},
                    CollectorCase{"Unavailable", Answer::Json(503, "{}")},
                    CollectorCase{"NoHttp", Answer::Bytes("\x16\x03garbage\r\n\r\n").ThenClose()},
                    CollectorCase{"EndlessAnswer",
                                  Answer::Bytes("HTTP/1.1 200 OK\r\n\r\n").ThenForever("garbage"),
                                  OnAccept::kServe, false},
                    CollectorCase{"SlowAnswer", Answer::Json(200, "{}").Delayed(100ms),
                                  OnAccept::kServe, false},
                    CollectorCase{"GarbageAnswer", Answer::Json(200, "\xff{]"), OnAccept::kServe,
                                  false}),
    [](const auto& row) { return row.param.name; });

// Nobody listens there, and the gateway ends without waiting for it.
TEST_F(GatewayTest, AnAbsentCollectorChangesNothing) {
  std::string url;
  {
    const FakeUpstream gone;
    url = gone.url();
  }
  traces_ = TracesTo(url);
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(Create().ok());
  Stop();
  const auto lost = log_.Lines("spans_lost");
  ASSERT_GE(lost.size(), 1u);
  EXPECT_THAT(lost[0]["error"].get<std::string>(), testing::Not(testing::IsEmpty()));
}

}  // namespace
}  // namespace modelgates::gateway
