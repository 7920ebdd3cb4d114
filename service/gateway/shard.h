#pragma once

#include <absl/random/random.h>

#include <memory>
#include <optional>
#include <thread>

#include "base/epoll_loop.h"
#include "base/locked_memory.h"
#include "base/log.h"
#include "base/reloaded_file.h"
#include "call/unread_replies.h"
#include "config/config.h"
#include "exchange/flights/exchange_registry.h"
#include "gateway/shared_store.h"
#include "gateway/tracing.h"
#include "http/curl_transport.h"
#include "request/credentials.h"
#include "resilience/circuit_breaker.h"
#include "resilience/retrier.h"
#include "resilience/retry_budget.h"
#include "rpc/oauth_rpcs.h"
#include "telemetry/breaker_log.h"
#include "telemetry/metrics.h"
#include "telemetry/upstream_failures.h"

namespace modelgates::gateway {

// An event loop with its thread, and all parts that run on it: RPCs, exchanges, retries, upstream
// connections.
class Shard {
 public:
  // The settings are copied; the other arguments must outlive this.
  Shard(const Config& config, const TraceSettings& traces, Log& log, Metrics& metrics,
        RecentFailures& recent_failures, ReloadObserver& reloads);
  Shard(const Shard&) = delete;
  Shard& operator=(const Shard&) = delete;
  ~Shard();

  EventLoop& loop() { return loop_; }
  OAuthRpcs& rpcs() { return rpcs_; }
  // Null: there are no traces.
  CallTracer* tracer() { return tracing_ ? &tracing_->calls() : nullptr; }
  CallerKeys& caller_keys() { return credentials_.caller_keys(); }
  TimePoint Now() const { return loop_.Now(); }

  // Starts the thread.
  void Start();
  // Sends the last spans and ends the thread. Coroutines that wait on the loop are never resumed.
  // Idempotent.
  void Stop();

  // Ends every exchange, and waits for at most a second until none runs. Not on the loop.
  void AbortExchanges();

  // Loop thread only.
  size_t exchanges_in_flight() const { return exchanges_.in_flight(); }
  void UpdateMetrics();
  // Takes live settings into use.
  void SetConfig(const Config& config);

 private:
  RandomSource Random();
  void WarnOfUnlockedMemory(int error);

  Config config_;
  Log& log_;
  Metrics& metrics_;
  EpollLoop loop_;
  absl::BitGen random_;
  std::optional<Tracing> tracing_;
  CurlTransport transport_;
  BreakerLog breaker_log_;
  RetryBudget budget_;
  CircuitBreaker breaker_;
  Retrier retrier_;
  LockedMemory secrets_;
  std::optional<SharedStore> shared_;  // absent: exchanges are not shared with other gateways
  ExchangeRegistry exchanges_;
  UpstreamFailures upstream_failures_;
  LogShare created_;
  UnreadReplies unread_replies_;
  Credentials credentials_;
  OAuthRpcs rpcs_;
  std::thread thread_;
};

}  // namespace modelgates::gateway
