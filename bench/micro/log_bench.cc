#include <fcntl.h>

#include "base/log.h"
#include "bench/micro/allocation_report.h"
#include "telemetry/call_scope.h"
#include "unit/failure/failed_support.h"

namespace modelgates::gateway {
namespace {

using namespace std::chrono_literals;

// Lines are formatted and written as in the gateway, to /dev/null, where the kernel does no work.
Log::Options IntoNothing(LogFormat format = LogFormat::kJson) {
  static const int dev_null = open("/dev/null", O_WRONLY | O_CLOEXEC);
  return {.format = format, .sink = nullptr, .fd = dev_null};
}

void LogCallLine(benchmark::State& state) {
  Log log(IntoNothing(static_cast<LogFormat>(state.range(0))));
  const AllocationReport report(state);
  for (auto _ : state) {
    LogLine line = log.Line(Severity::kInfo, "call", "call finished");
    line.Add("request_id", "f39b911f6f272cb081198485ea1a9909")
        .Add("rpc", "ExchangeAuthCode")
        .Add("grpc_code", "OK")
        .Add("http_status", 200)
        .Add("attempts", 1)
        .AddMilliseconds("upstream_ms", 1762us)
        .Add("joined", false)
        .Add("replayed", false)
        .AddMilliseconds("duration_ms", 2084us)
        .Add("peer", "ipv4:127.0.0.1:51356")
        .Add("auth_code_fp", "2f1885d61ddb");
    log.Write(line);
  }
}
BENCHMARK(LogCallLine)
    ->ArgName("text")
    ->Arg(static_cast<int>(LogFormat::kJson))
    ->Arg(static_cast<int>(LogFormat::kText));

void LogValue(benchmark::State& state, const std::string& character) {
  Log log(IntoNothing());
  std::string value;
  while (value.size() < static_cast<size_t>(state.range(0))) value += character;
  const AllocationReport report(state);
  for (auto _ : state) {
    LogLine line = log.Line(Severity::kInfo, "setting", "message");
    log.Write(line.Add("warning", value));
  }
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(value.size()));
}
BENCHMARK_CAPTURE(LogValue, plain, "a")->ArgName("bytes")->Arg(64)->Arg(4096);
BENCHMARK_CAPTURE(LogValue, quotes, "\"")->ArgName("bytes")->Arg(64)->Arg(4096);
BENCHMARK_CAPTURE(LogValue, unicode, "é")->ArgName("bytes")->Arg(64)->Arg(4096);

// The cost of observing a call: its scope, one attempt, the log line and the metrics.
void CallScopeOfASuccess(benchmark::State& state) {
  Log log(IntoNothing());
  Metrics metrics;
  const Outcome outcome = OutcomeOf(JsonError(200));
  const TimePoint start(1000h);
  const AllocationReport report(state);
  for (auto _ : state) {
    CallScope scope(Rpc::kCreateAuthCode, start, "f39b911f6f272cb081198485ea1a9909",
                    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                    "ipv4:127.0.0.1:51356", {log, metrics});
    scope.OnAttempt(outcome.attempts[0], {});
    scope.OnDecision({.retry_after = {}});
    scope.Finish({.attempts = &outcome.attempts, .app_id = 42, .auth_code_fp = "2f1885d61ddb"},
                 start + 2ms);
  }
}
BENCHMARK(CallScopeOfASuccess);

}  // namespace
}  // namespace modelgates::gateway
