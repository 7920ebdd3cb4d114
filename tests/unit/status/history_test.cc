#include "status/history.h"

#include <gtest/gtest.h>

#include <limits>

#include "telemetry/metrics.h"

namespace modelgates::gateway {
namespace {

using namespace std::chrono_literals;

constexpr auto kCreate = Rpc::kCreateAuthCode;
constexpr auto kExchange = Rpc::kExchangeAuthCode;
const TimePoint kStart = TimePoint(1000h);

void Call(Metrics& metrics, Rpc rpc, int grpc_code, Duration elapsed) {
  metrics.CallStarted(rpc);
  metrics.CallFinished(rpc, grpc_code, elapsed);
}

TEST(StatusSample, CountsCallsAndAttemptsOfEachRpc) {
  Metrics metrics;
  Call(metrics, kCreate, 0, 20ms);
  Call(metrics, kCreate, 14, 20ms);
  Call(metrics, kExchange, 0, 3s);
  metrics.AttemptAnswered(kCreate, 201, 10ms);
  metrics.AttemptAnswered(kCreate, 503, 10ms);
  metrics.AttemptFailed(kExchange, TransportFailure::kReset, 10ms);

  const StatusSample sample = TakeSample(Figures(metrics.Collect()), kStart);
  const CallCounts& creates = sample.rpcs[static_cast<size_t>(kCreate)];
  EXPECT_EQ(creates.calls, 2);
  EXPECT_EQ(creates.failed, 1);
  EXPECT_EQ(creates.attempts, 2);
  EXPECT_EQ(creates.failed_attempts, 1);
  const CallCounts& exchanges = sample.rpcs[static_cast<size_t>(kExchange)];
  EXPECT_EQ(exchanges.calls, 1);
  EXPECT_EQ(exchanges.failed, 0);
  EXPECT_EQ(exchanges.failed_attempts, 1);
  EXPECT_EQ(sample.Sum().calls, 3);
  EXPECT_EQ(sample.Sum().seconds.back().cumulative_count, 3u);
}

TEST(CallCounts, OfAnIntervalAreADifference) {
  Metrics metrics;
  Call(metrics, kCreate, 0, 20ms);
  const CallCounts before = TakeSample(Figures(metrics.Collect()), kStart).Sum();
  Call(metrics, kCreate, 14, 4s);
  CallCounts between = TakeSample(Figures(metrics.Collect()), kStart + 5s).Sum();
  between -= before;
  EXPECT_EQ(between.calls, 1);
  EXPECT_EQ(between.failed, 1);
  EXPECT_EQ(between.seconds.back().cumulative_count, 1u);
  // Only the slow one is left, between the bounds 2.5 s and 5 s.
  EXPECT_DOUBLE_EQ(SecondsAt(0.5, between).value(), 3.75);
}

constexpr double kInfinity = std::numeric_limits<double>::infinity();

struct QuantileCase {
  const char* name;
  std::vector<prometheus::ClientMetric::Bucket> buckets;
  double quantile;
  std::optional<double> seconds;
};

class SecondsAtTest : public testing::TestWithParam<QuantileCase> {};

TEST_P(SecondsAtTest, IsAsPrometheusEstimatesIt) {
  CallCounts counts;
  counts.seconds = GetParam().buckets;
  EXPECT_EQ(SecondsAt(GetParam().quantile, counts), GetParam().seconds);
}

INSTANTIATE_TEST_SUITE_P(
    , SecondsAtTest,
    testing::Values(
        QuantileCase{"NoBuckets", {}, 0.5, std::nullopt},
        QuantileCase{"NoCalls", {{0, 1.0}, {0, kInfinity}}, 0.5, std::nullopt},
        QuantileCase{"InTheFirstBucket", {{4, 1.0}, {4, 2.0}, {4, kInfinity}}, 0.5, 0.5},
        QuantileCase{"InTheSecondBucket", {{0, 1.0}, {4, 2.0}, {4, kInfinity}}, 0.5, 1.5},
        QuantileCase{"AtABound", {{2, 1.0}, {4, 2.0}, {4, kInfinity}}, 0.5, 1.0},
        QuantileCase{
            "ThroughAnEmptyBucket", {{1, 1.0}, {1, 2.0}, {4, 4.0}, {4, kInfinity}}, 0.625, 3.0},
        QuantileCase{"AboveEveryBound", {{0, 1.0}, {1, 2.0}, {4, kInfinity}}, 0.99, 2.0}),
    [](const auto& row) { return std::string(row.param.name); });

// Given more samples than ten minutes have, then those of the last ten minutes are left.
TEST(StatusHistory, KeepsTenMinutes) {
  StatusHistory history;
  constexpr int kAdded = 1000;
  for (int i = 0; i < kAdded; ++i) {
    history.Add({.at = kStart + i * StatusHistory::kInterval, .rpcs = {}});
  }
  const auto& samples = history.samples();
  EXPECT_EQ(samples.size(), StatusHistory::kSamples);
  EXPECT_EQ(samples.back().at, kStart + (kAdded - 1) * StatusHistory::kInterval);
  EXPECT_EQ(samples.back().at - samples.front().at, StatusHistory::kLength);
}

}  // namespace
}  // namespace modelgates::gateway
