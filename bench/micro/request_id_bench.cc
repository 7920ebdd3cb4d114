#include "bench/micro/allocation_report.h"
#include "request/request_id.h"
#include "trace/trace_context.h"

namespace modelgates::gateway {
namespace {

void RequestId(benchmark::State& state, const std::string& from_caller) {
  absl::BitGen random;
  const AllocationReport report(state);
  for (auto _ : state) benchmark::DoNotOptimize(ToRequestId(from_caller, random));
}
BENCHMARK_CAPTURE(RequestId, made, "");
BENCHMARK_CAPTURE(RequestId, given, "123e4567-e89b-12d3-a456-426614174000");
BENCHMARK_CAPTURE(RequestId, refused, "a b");

void Traceparent(benchmark::State& state) {
  const AllocationReport report(state);
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        ParseTraceparent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"));
  }
}
BENCHMARK(Traceparent);

}  // namespace
}  // namespace modelgates::gateway
