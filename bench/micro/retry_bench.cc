#include "bench/micro/allocation_report.h"
#include "failure/verdict.h"
#include "resilience/backoff.h"
#include "resilience/retry_policy.h"
#include "support/scripted_transport.h"

namespace modelgates::gateway {
namespace {

using namespace std::chrono_literals;

// As the retrier after each attempt: classify by the table, then decide.
void DecideAfter(benchmark::State& state, const HttpResult& result, const RetryPolicy& policy) {
  const AllocationReport report(state);
  for (auto _ : state) {
    benchmark::DoNotOptimize(Decide(policy, result, ClassifyCreate(result).retry, Repeat::kHarmless,
                                    1, 100ms, 60s, 0.5));
  }
}

void DecideAfterSuccess(benchmark::State& state) { DecideAfter(state, Answer(200), {}); }
BENCHMARK(DecideAfterSuccess);

void DecideAfterServerError(benchmark::State& state) { DecideAfter(state, Answer(500), {}); }
BENCHMARK(DecideAfterServerError);

void DecideAfterReset(benchmark::State& state) { DecideAfter(state, Reset(), {}); }
BENCHMARK(DecideAfterReset);

void DecideAfterRetryAfterSeconds(benchmark::State& state) {
  DecideAfter(state, AnswerWithRetryAfter(503, "2.5"), {});
}
BENCHMARK(DecideAfterRetryAfterSeconds);

void DecideAfterRetryAfterDate(benchmark::State& state) {
  HttpResponse answer = AnswerWithRetryAfter(503, "Mon, 23 Nov 2026 06:00:05 GMT");
  answer.date = "Mon, 23 Nov 2026 06:00:00 GMT";
  DecideAfter(state, answer, {});
}
BENCHMARK(DecideAfterRetryAfterDate);

void DecideWithOwnStatuses(benchmark::State& state) {
  RetryPolicy policy;
  for (const char* entry : {"429", "5XX"}) policy.statuses.Add(*StatusSet::Parse(entry));
  DecideAfter(state, Answer(500), policy);
}
BENCHMARK(DecideWithOwnStatuses);

void Backoff(benchmark::State& state) {
  const RetryPolicy policy;
  const AllocationReport report(state);
  for (auto _ : state) {
    benchmark::DoNotOptimize(BackoffDelay(policy, static_cast<int>(state.range(0)), 0.5));
  }
}
BENCHMARK(Backoff)->ArgName("retry")->Arg(0)->Arg(3)->Arg(9);

}  // namespace
}  // namespace modelgates::gateway
