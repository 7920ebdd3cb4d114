#include "gateway/shard.h"

#include <chrono>
#include <system_error>

#include "gateway/ask_loop.h"
#include "gateway/last_lines.h"
#include "rpc/read_exchange.h"
#include "telemetry/store_metrics.h"

namespace modelgates::gateway {
namespace {

using std::chrono::system_clock;

TransportOptions::Http ToHttp(UpstreamHttp http) {
  switch (http) {
    case UpstreamHttp::k1:
      return TransportOptions::Http::k1;
    case UpstreamHttp::k2:
      return TransportOptions::Http::k2;
    case UpstreamHttp::kAuto:
      return TransportOptions::Http::kAuto;
  }
  return TransportOptions::Http::k1;
}

TransportOptions ToTransportOptions(const Config& config, ReloadObserver& reloads) {
  TransportOptions options;
  options.base_url = config.upstream;
  options.http = ToHttp(config.upstream_http);
  options.ca_file = config.upstream_ca_file;
  options.ca_setting = "upstream_ca_file";
  options.reloads = &reloads;
  options.proxy = config.upstream_proxy;
  options.connect_timeout = config.connect_timeout;
  options.max_connections = static_cast<size_t>(config.max_upstream_connections);
  options.user_agent = "modelgates-oauth-gateway/" GATEWAY_VERSION;
  return options;
}

ExchangeOptions ToExchangeOptions(const Config& config) {
  ExchangeOptions options;
  options.cap = config.exchange_cap;
  options.success_ttl = config.exchange_replay_ttl;
  options.max_running = static_cast<size_t>(config.max_exchanges);
  options.outage = config.exchange_store_fail_closed ? ExchangeLease::Outage::kRefuse
                                                     : ExchangeLease::Outage::kGoOn;
  return options;
}

RetryBudget::Options ToBudgetOptions(const Config& config) {
  RetryBudget::Options options;
  options.percent = config.retry_budget_percent;
  options.min_rate = config.retry_budget_min_rate;
  options.enabled = config.retry_budget;
  return options;
}

CircuitBreaker::Options ToBreakerOptions(const Config& config) {
  CircuitBreaker::Options options;
  options.window = config.breaker_window;
  options.min_attempts = config.breaker_min_attempts;
  options.failure_percent = config.breaker_failure_percent;
  options.probe_interval = config.breaker_probe_interval;
  options.probes = config.breaker_probes;
  options.enabled = config.breaker;
  return options;
}

std::chrono::sys_seconds WallNow() {
  return std::chrono::floor<std::chrono::seconds>(system_clock::now());
}

}  // namespace

Shard::Shard(const Config& config, const TraceSettings& traces, Log& log, Metrics& metrics,
             RecentFailures& recent_failures, ReloadObserver& reloads)
    : config_(config),
      log_(log),
      metrics_(metrics),
      tracing_(traces.enabled() ? std::optional<Tracing>(std::in_place, traces, config_, loop_, log,
                                                         metrics, reloads, WallNow)
                                : std::nullopt),
      transport_(loop_, ToTransportOptions(config_, reloads)),
      breaker_log_(log),
      budget_(ToBudgetOptions(config_)),
      breaker_(ToBreakerOptions(config_), Random(), &breaker_log_),
      retrier_(loop_, transport_, Random(), budget_, breaker_, WallNow),
      secrets_([this](int error) { WarnOfUnlockedMemory(error); }),
      exchanges_(loop_, retrier_, ToExchangeOptions(config_), ReadExchange,
                 config_.exchange_store.empty()
                     ? nullptr
                     : &shared_.emplace(config_, loop_, log, reloads).store(),
                 secrets_),
      created_(config_.log_create_success_percent),
      unread_replies_(loop_, {}),
      credentials_(config_, loop_, &reloads, secrets_),
      rpcs_({config_,
             loop_,
             {log, metrics, tracer(), &upstream_failures_, &created_, &recent_failures},
             retrier_,
             exchanges_,
             credentials_,
             unread_replies_}) {
  config_.api_key = Secret();  // kept by the credentials only
}

Shard::~Shard() { Stop(); }

void Shard::Start() {
  loop_.OnTurnEnd([this] { log_.WriteBatch(); });
  thread_ = std::thread([this] {
    const SignalStack stack;
    log_.BatchLinesOfThisThread();
    loop_.Run();
  });
}

void Shard::Stop() {
  if (!thread_.joinable()) return;
  if (tracing_) tracing_->Finish();
  if (shared_) RunOnLoop(loop_, [this] { shared_->Close(); });
  loop_.Stop();
  thread_.join();
}

void Shard::AbortExchanges() {
  constexpr std::chrono::seconds kPatience{1};
  RunOnLoop(loop_, [this] { exchanges_.Abort(); });
  WaitForLoop(loop_, kPatience, [this] { return exchanges_in_flight() == 0; });
}

void Shard::UpdateMetrics() {
  metrics_.SetUpstreamConnections(transport_.stats().open);
  metrics_.SetRetryBudgetTokens(budget_.Tokens(loop_.Now()));
  metrics_.SetBreakerState(static_cast<int>(breaker_.StateAt(loop_.Now())));
  const ExchangeCounts exchanges = exchanges_.CountStates();
  for (size_t i = 0; i < exchanges.size(); ++i) {
    metrics_.SetExchanges(static_cast<ExchangeState>(i), exchanges[i]);
  }
  metrics_.SetExchangesInFlight(exchanges_.running());
  metrics_.SetExchangeMemoryBytes(exchanges_.remembered_bytes());
  if (shared_) {
    const RedisStats store = shared_->stats();
    metrics_.store().Set(store.connected, store.moves, store.disconnected, store.unreplicated);
  }
}

void Shard::SetConfig(const Config& config) {
  config_ = config;
  budget_.SetOptions(ToBudgetOptions(config_), loop_.Now());
  breaker_.SetOptions(ToBreakerOptions(config_), loop_.Now());
  exchanges_.SetMaxRunning(static_cast<size_t>(config_.max_exchanges));
  created_.SetPercent(config_.log_create_success_percent);
}

RandomSource Shard::Random() {
  return [this] { return absl::Uniform(random_, 0.0, 1.0); };
}

void Shard::WarnOfUnlockedMemory(int error) {
  LogLine line = log_.Line(Severity::kWarning, "memory_not_locked",
                           "keys that are kept for repeats may be swapped to disk: raise "
                           "RLIMIT_MEMLOCK or disable swap");
  log_.Write(line.Add("error", std::generic_category().message(error)));
}

}  // namespace modelgates::gateway
