#include "bench/micro/allocation_report.h"
#include "telemetry/metrics.h"

namespace modelgates::gateway {
namespace {

using namespace std::chrono_literals;

void MetricsOfASuccess(benchmark::State& state) {
  Metrics metrics;
  const AllocationReport report(state);
  for (auto _ : state) {
    metrics.CallStarted(Rpc::kCreateAuthCode);
    metrics.AttemptAnswered(Rpc::kCreateAuthCode, 200, 5ms);
    metrics.RetryDecided(Rpc::kCreateAuthCode, {.retry_after = {}});
    metrics.CallFinished(Rpc::kCreateAuthCode, 0, 7ms);
  }
}
BENCHMARK(MetricsOfASuccess);

// The cost of a scrape.
void MetricsRender(benchmark::State& state) {
  const Metrics metrics;
  const AllocationReport report(state);
  for (auto _ : state) benchmark::DoNotOptimize(metrics.Render());
}
BENCHMARK(MetricsRender);

}  // namespace
}  // namespace modelgates::gateway
