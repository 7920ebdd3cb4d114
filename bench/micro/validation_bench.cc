#include <cmath>

#include "bench/micro/allocation_report.h"
#include "request/validation.h"
#include "support/documented_messages.h"

namespace modelgates::gateway {
namespace {

namespace v1 = modelgates::oauth::v1;

template <class Request>
void Judge(benchmark::State& state, const Request& request) {
  const Config config;
  const AllocationReport report(state);
  for (auto _ : state) benchmark::DoNotOptimize(Validate(request, config));
}

void ValidateCreate(benchmark::State& state) { Judge(state, DocumentedCreate()); }
BENCHMARK(ValidateCreate);

void ValidateExchange(benchmark::State& state) { Judge(state, DocumentedExchange()); }
BENCHMARK(ValidateExchange);

void ValidateRetryConfig(benchmark::State& state) {
  v1::CreateAuthCodeRequest request = DocumentedCreate();
  request.mutable_retries()->set_strategy(v1::RetryConfig::BACKOFF);
  request.mutable_retries()->set_max_attempts(3);
  for (const char* status : {"429", "5XX"}) request.mutable_retries()->add_status_codes(status);
  Judge(state, request);
}
BENCHMARK(ValidateRetryConfig);

void ValidateWrongFields(benchmark::State& state) {
  v1::CreateAuthCodeRequest request = DocumentedCreate();
  request.set_callback_url("nope");
  request.set_limit(HUGE_VAL);
  request.set_code_challenge("short");
  Judge(state, request);
}
BENCHMARK(ValidateWrongFields);

// Each byte of the longest accepted field is read.
void ValidateCallbackUrl(benchmark::State& state) {
  v1::CreateAuthCodeRequest request;
  request.set_callback_url("https://a.b/" +
                           std::string(static_cast<size_t>(state.range(0)) - 12, 'c'));
  Judge(state, request);
}
BENCHMARK(ValidateCallbackUrl)->ArgName("bytes")->Arg(32)->Arg(512)->Arg(2048);

}  // namespace
}  // namespace modelgates::gateway
