#include "bench/micro/allocation_report.h"
#include "redaction/redaction.h"
#include "support/documented_messages.h"

namespace modelgates::gateway {
namespace {

// Searches for the three secrets of an exchange in `piece`, repeated up to the given length.
void RedactionApply(benchmark::State& state, const std::string& piece) {
  const oauth::v1::ExchangeAuthCodeRequest request = DocumentedExchange();
  Redaction redaction;
  redaction.Add(request.code());
  redaction.Add(request.code_verifier());
  redaction.Add("sk-or-v1-5be1bc2c6b4f8a1d7e3c9f0a2d4b6c8e");
  std::string text;
  while (text.size() < static_cast<size_t>(state.range(0))) text += piece;
  const AllocationReport report(state);
  for (auto _ : state) benchmark::DoNotOptimize(redaction.Apply(text));
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(text.size()));
}

void Sizes(benchmark::internal::Benchmark* bench) {
  bench->ArgName("bytes")->Arg(64)->Arg(1024)->Arg(65'536);
}

BENCHMARK_CAPTURE(RedactionApply, plain, "this app may not create a key. ")->Apply(Sizes);
BENCHMARK_CAPTURE(RedactionApply, secret, "code auth_code_abc123def456 is not known. ")
    ->Apply(Sizes);
BENCHMARK_CAPTURE(RedactionApply, link, "?code=auth%5Fcode%5Fabc123def456&state=1 ")->Apply(Sizes);
BENCHMARK_CAPTURE(RedactionApply, page, "<p>a/<wbr>b &amp; c</p>")->Apply(Sizes);

void RedactionWithoutSecrets(benchmark::State& state) {
  const Redaction redaction;
  const std::string text(static_cast<size_t>(state.range(0)), 'a');
  const AllocationReport report(state);
  for (auto _ : state) benchmark::DoNotOptimize(redaction.Apply(text));
}
BENCHMARK(RedactionWithoutSecrets)->Apply(Sizes);

}  // namespace
}  // namespace modelgates::gateway
