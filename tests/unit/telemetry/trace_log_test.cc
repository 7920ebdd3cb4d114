#include "telemetry/trace_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/log_capture.h"

namespace modelgates::gateway {
namespace {

using nlohmann::json;

class TraceLogTest : public testing::Test {
 protected:
  void ExpectMetric(const std::string& sample) {
    EXPECT_THAT(metrics_.Render(), testing::HasSubstr(sample + "\n"));
  }

  LogCapture capture_;
  Metrics metrics_;
  TraceLog log_{capture_.log(), metrics_};
};

TEST_F(TraceLogTest, CountsEverySpan) {
  log_.OnExported(5);
  log_.OnLost(SpanLoss::kQueueFull, 3, "full");
  log_.OnLost(SpanLoss::kQueueFull, 4, "full");
  log_.OnLost(SpanLoss::kRefused, 2, "status 400");
  ExpectMetric("oauth_gateway_spans_exported_total 5");
  ExpectMetric("oauth_gateway_spans_dropped_total{cause=\"queue_full\"} 7");
  ExpectMetric("oauth_gateway_spans_dropped_total{cause=\"refused\"} 2");
  ExpectMetric("oauth_gateway_spans_dropped_total{cause=\"unreachable\"} 0");
}

TEST_F(TraceLogTest, SaysEachCauseOnceAndWhenItIsOver) {
  log_.OnExported(5);
  for (int i = 0; i < 100; ++i) log_.OnLost(SpanLoss::kUnreachable, 10, "127.0.0.1:4318: refused");
  for (int i = 0; i < 100; ++i) log_.OnLost(SpanLoss::kQueueFull, 1, "full");
  log_.OnExported(5);
  log_.OnExported(5);
  log_.OnLost(SpanLoss::kRefused, 1, "status 400");
  std::vector<json> lines = capture_.Lines();
  ASSERT_EQ(lines.size(), 4u);
  for (json& line : lines) line.erase("timestamp");
  EXPECT_EQ(lines[0], json::parse(R"({"severity": "WARNING", "event": "spans_lost",
      "message": "spans do not reach the collector of traces; calls are not affected",
      "cause": "unreachable", "error": "127.0.0.1:4318: refused"})"));
  EXPECT_EQ(lines[1]["cause"], "queue_full");
  EXPECT_EQ(lines[2], json::parse(R"({"severity": "INFO", "event": "spans_exported",
      "message": "the collector of traces takes spans again", "count": 1100})"));
  EXPECT_EQ(lines[3]["cause"], "refused");
}

// A collector that is too slow takes some of the spans all the time.
TEST_F(TraceLogTest, IsSilentWhileExportsAndLossesAlternate) {
  for (int i = 0; i < 100; ++i) {
    log_.OnLost(SpanLoss::kQueueFull, 1, "full");
    log_.OnExported(5);
  }
  EXPECT_EQ(capture_.Lines().size(), 1u);
}

}  // namespace
}  // namespace modelgates::gateway
