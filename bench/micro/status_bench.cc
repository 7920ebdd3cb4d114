#include <cmath>

#include "bench/micro/allocation_report.h"
#include "call/status_mapping.h"
#include "request/validation.h"
#include "support/documented_messages.h"
#include "unit/failure/failed_support.h"

namespace modelgates::gateway {
namespace {

namespace v1 = modelgates::oauth::v1;

constexpr char kRequestId[] = "f39b911f6f272cb081198485ea1a9909";

// Searches a message of `message_bytes` for the secrets of an exchange, none of which it contains.
void ToStatusForbidden(benchmark::State& state) {
  const v1::ExchangeAuthCodeRequest request = DocumentedExchange();
  Redaction redaction;
  redaction.Add(request.code());
  redaction.Add(request.code_verifier());
  const Outcome outcome =
      OutcomeOf(JsonError(403, std::string(static_cast<size_t>(state.range(0)), 'n')));
  const AllocationReport report(state);
  for (auto _ : state) {
    const FailedCall failed = FailUpstream(Rpc::kExchangeAuthCode, outcome);
    benchmark::DoNotOptimize(ToStatus(ToErrorReply(failed, kRequestId, redaction)));
  }
}
BENCHMARK(ToStatusForbidden)->ArgName("message_bytes")->Arg(16)->Arg(1024)->Arg(65'536);

void ToStatusHtmlPage(benchmark::State& state) {
  const Redaction redaction;
  std::string page = "<html><body>";
  while (page.size() < static_cast<size_t>(state.range(0))) page += "<p>Bad Gateway &amp; more</p>";
  const Outcome outcome = OutcomeOf(HtmlPage(502, page));
  const AllocationReport report(state);
  for (auto _ : state) {
    const FailedCall failed = FailUpstream(Rpc::kCreateAuthCode, outcome);
    benchmark::DoNotOptimize(ToStatus(ToErrorReply(failed, kRequestId, redaction)));
  }
}
BENCHMARK(ToStatusHtmlPage)->ArgName("page_bytes")->Arg(64)->Arg(1024)->Arg(65'536);

// From an invalid request to its status.
void ToStatusViolations(benchmark::State& state) {
  v1::CreateAuthCodeRequest request = DocumentedCreate();
  request.set_callback_url("nope");
  if (state.range(0) > 1) request.set_limit(HUGE_VAL);
  if (state.range(0) > 2) request.set_code_challenge("short");
  const Config config;
  const Redaction redaction;
  const AllocationReport report(state);
  for (auto _ : state) {
    const FailedCall failed = FailValidation(Rpc::kCreateAuthCode, Validate(request, config));
    benchmark::DoNotOptimize(ToStatus(ToErrorReply(failed, kRequestId, redaction)));
  }
}
BENCHMARK(ToStatusViolations)->ArgName("violations")->DenseRange(1, 3);

void ToStatusOverloaded(benchmark::State& state) {
  const Redaction redaction;
  const AllocationReport report(state);
  for (auto _ : state) {
    const FailedCall failed = FailLocally(Rpc::kCreateAuthCode, v1::GATEWAY_OVERLOADED);
    benchmark::DoNotOptimize(ToStatus(ToErrorReply(failed, kRequestId, redaction)));
  }
}
BENCHMARK(ToStatusOverloaded);

}  // namespace
}  // namespace modelgates::gateway
