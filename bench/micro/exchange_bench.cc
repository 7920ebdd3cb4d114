#include <cstring>
#include <limits>

#include "base/keyed_mac.h"
#include "bench/micro/allocation_report.h"
#include "exchange/flights/exchange_registry.h"
#include "failure/verdict.h"
#include "rpc/read_exchange.h"
#include "support/documented_messages.h"
#include "support/fake_loop.h"
#include "support/prepared_transport.h"
#include "support/unlimited_retrier.h"

namespace modelgates::gateway {
namespace {

using namespace std::chrono_literals;

// A registry with its dependencies, without a network.
class Exchanges {
 public:
  explicit Exchanges(ExchangeOptions options) : registry_(loop_, retrier_, options, ReadExchange) {}

  // Starts a call, which waits unless a result is replayed.
  void Begin(uint64_t identity) {
    Spawn(Run(identity));
    loop_.Run();
  }
  void Answer() {
    transport_.AnswerWith(ExchangeAnswer());
    loop_.Run();
  }
  void Pass(Duration time) { loop_.Advance(time); }

 private:
  Task<void> Run(uint64_t identity) {
    ExchangeRegistry::Caller call{};
    std::memcpy(call.key.data(), &identity, sizeof(identity));
    call.replayable = true;
    call.deadline = loop_.Now() + 60s;
    RetryOptions options;
    options.deadline = call.deadline;
    options.started = loop_.Now();
    options.classify = ClassifyExchange;
    HttpRequest request("/auth/keys");
    Task<ExchangeRegistry::Reply> run =
        registry_.Run(std::move(call), std::move(request), std::move(options), nullptr);
    benchmark::DoNotOptimize(co_await run);
  }

  FakeLoop loop_;
  PreparedTransport transport_{loop_};
  double random_ = 0.5;
  UnlimitedRetrier retrier_{loop_, transport_, [this] { return random_; }};
  ExchangeRegistry registry_;
};

// A new exchange, joined by the given number of calls, from its first call until it is forgotten.
// Includes two allocations for the answer.
void ExchangeRun(benchmark::State& state) {
  Exchanges exchanges({.success_ttl = 1ms});
  uint64_t identity = 0;
  const AllocationReport report(state);
  for (auto _ : state) {
    ++identity;
    for (int64_t i = 0; i <= state.range(0); ++i) exchanges.Begin(identity);
    exchanges.Answer();
    exchanges.Pass(1ms);
  }
}
BENCHMARK(ExchangeRun)->ArgName("joined_by")->Arg(0)->Arg(1)->Arg(10)->Arg(100);

void ExchangeReplay(benchmark::State& state) {
  Exchanges exchanges({.max_replays = std::numeric_limits<int>::max()});
  exchanges.Begin(1);
  exchanges.Answer();
  const AllocationReport report(state);
  for (auto _ : state) exchanges.Begin(1);
}
BENCHMARK(ExchangeReplay);

void ExchangeIdentityToKey(benchmark::State& state) {
  const oauth::v1::ExchangeAuthCodeRequest request = DocumentedExchange();
  ExchangeIdentity identity;
  identity.auth_code = request.code();
  identity.code_verifier = request.code_verifier();
  identity.code_challenge_method = request.code_challenge_method();
  identity.credential = "sk-or-v1-5be1bc2c6b4f8a1d7e3c9f0a2d4b6c8e";
  identity.base_url = "https://modelgates.ai/api/v1";
  Hmac hmac;
  const AllocationReport report(state);
  for (auto _ : state) benchmark::DoNotOptimize(ToKey(hmac, identity));
}
BENCHMARK(ExchangeIdentityToKey);

void AuthCodeFingerprint(benchmark::State& state) {
  Fingerprints fingerprints;
  const std::string auth_code = DocumentedExchange().code();
  const AllocationReport report(state);
  for (auto _ : state) benchmark::DoNotOptimize(fingerprints.Of(auth_code));
}
BENCHMARK(AuthCodeFingerprint);

}  // namespace
}  // namespace modelgates::gateway
