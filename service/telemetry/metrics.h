#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "exchange/exchange_state.h"
#include "http/http.h"
#include "resilience/retry_policy.h"
#include "telemetry/exemplars.h"
#include "telemetry/server_metrics.h"
#include "upstream/rpc.h"

namespace prometheus {
class Counter;
class Gauge;
class Histogram;
class Registry;
struct MetricFamily;
}  // namespace prometheus

namespace modelgates::gateway {

class PortMetrics;
class ProcessMetrics;
class StoreMetrics;
class TraceMetrics;
class UpstreamMetrics;

// Every metric of the gateway; names, labels and help are in metrics.cc and *_metrics.cc only.
//
// Every series exists from the start with the value 0. Recording indexes an array and adds to an
// atomic (a histogram takes its own short lock). No label has a value that a caller or the upstream
// can invent: unknown values count as "other". Any thread.
class Metrics {
 public:
  // `commit`: which build it is.
  explicit Metrics(std::string_view commit = "unknown");
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;
  ~Metrics();

  // `grpc_code`: the number of the status, 0 to 16. `span`: of the call, for exemplars.
  void CallStarted(Rpc rpc);
  void CallFinished(Rpc rpc, int grpc_code, Duration elapsed, const TraceContext& span = {});

  // An attempt has ended.
  void AttemptAnswered(Rpc rpc, int http_status, Duration elapsed);
  void AttemptFailed(Rpc rpc, TransportFailure failure, Duration elapsed);

  void RetryDecided(Rpc rpc, const Decision& decision);

  // `reason`: the number of an ErrorReason. `span`: of the call, for exemplars.
  void ErrorReturned(Rpc rpc, int reason, const TraceContext& span = {});
  void ErrorDetailsTruncated();

  // `field`: as in ReplyReading::violations, e.g. "app_id".
  void ContractViolated(std::string_view field);

  void SetExchanges(ExchangeState state, size_t count);
  void ExchangeJoined();
  void ExchangeReplayed();
  void ExchangeOutcomeUnknown();
  void ExchangeMemoryFull();
  void ExchangeStoreUnavailable();
  void SetExchangesInFlight(size_t count);
  void SetExchangeMemoryBytes(size_t bytes);
  void ResendPrevented();

  void SetRetryBudgetTokens(double tokens);
  // `state`: the number of a CircuitBreaker::State.
  void SetBreakerState(int state);
  void SetUpstreamConnections(size_t open);
  void OwnKeyRefused();

  // The limit of a caller's share that refused a call.
  enum class CallerLimit : uint8_t { kRate, kConcurrent, kCallers };
  void CallerLimited(CallerLimit limit);
  // CallerLimits::callers.
  void SetCallersCounted(size_t count);

  void SetIncompleteRequests(size_t count);
  void IncompleteRequestGivenUp();
  void SetReflectionStreams(int open);
  void ReflectionRefused();
  void UnknownMethodCalled();

  enum class Reload : uint8_t { kOk, kFailed };
  // `setting`: the name of the setting that holds the path.
  void FileReloaded(std::string_view setting, Reload result);

  // `total`: since the start.
  void SetLogLinesDropped(uint64_t total);

  // The metrics of incoming connections.
  PortMetrics& port() { return *port_; }
  // Of the program and its process (process_metrics.h).
  ProcessMetrics& process() { return *process_; }
  // Of traces (trace_metrics.h).
  TraceMetrics& traces() { return *traces_; }
  // Of failures upstream (upstream_metrics.h).
  UpstreamMetrics& upstream() { return *upstream_; }
  // Of the connection to the exchange store (store_metrics.h).
  StoreMetrics& store() { return *store_; }

  // All metrics as they are now.
  std::vector<prometheus::MetricFamily> Collect() const;
  // The same in Prometheus' text format 0.0.4.
  std::string Render() const;
  // The same in the text format of OpenMetrics 1.0, with the newest traced call of each duration
  // and of each reason.
  std::string RenderOpenMetrics() const;

 private:
  using Counter = prometheus::Counter;
  using Gauge = prometheus::Gauge;
  using Histogram = prometheus::Histogram;

  static constexpr size_t kFailures = static_cast<size_t>(kLastTransportFailure) + 1;
  static constexpr size_t kOutcomes = kFailures + 5 + 1;  // then 1xx to 5xx, then "other"
  static constexpr size_t kDecisions = static_cast<size_t>(StopReason::kUnsafeExchange) + 2;
  static constexpr size_t kReasons = 64;   // above every number of ErrorReason
  static constexpr size_t kFiles = 9 + 1;  // see metrics.cc, the last is "other"
  static constexpr size_t kFields = 4;     // see metrics.cc, the last is "other"

  struct PerRpc {
    std::array<Counter*, kOutcomes> attempts{};
    Histogram* attempt_seconds = nullptr;
    std::array<Counter*, kDecisions> retries{};  // by StopReason, the last is "retry"
    std::array<Counter*, kReasons> errors{};
    std::array<SeriesExemplars*, kReasons> error_exemplars{};
  };

  PerRpc& For(Rpc rpc) { return rpcs_[static_cast<size_t>(rpc)]; }

  std::unique_ptr<prometheus::Registry> registry_;
  Exemplars exemplars_;
  ServerMetrics server_;
  std::unique_ptr<PortMetrics> port_;
  std::unique_ptr<ProcessMetrics> process_;
  std::unique_ptr<TraceMetrics> traces_;
  std::unique_ptr<UpstreamMetrics> upstream_;
  std::unique_ptr<StoreMetrics> store_;
  std::array<PerRpc, kRpcCount> rpcs_;
  std::array<Gauge*, kExchangeStateCount> exchanges_{};
  std::array<Counter*, kFields> contract_violations_{};
  Counter* exchange_joins_ = nullptr;
  Counter* exchange_replays_ = nullptr;
  Counter* exchange_memory_full_ = nullptr;
  Counter* exchange_store_unavailable_ = nullptr;
  Gauge* exchanges_in_flight_ = nullptr;
  Gauge* exchange_memory_bytes_ = nullptr;
  Counter* exchange_outcome_unknown_ = nullptr;
  Counter* resend_prevented_ = nullptr;
  Counter* error_details_truncated_ = nullptr;
  Counter* own_key_refused_ = nullptr;
  Counter* log_lines_dropped_ = nullptr;
  std::array<std::array<Counter*, 2>, kFiles> reloads_{};
  std::array<Gauge*, kFiles> last_reload_{};
  Gauge* retry_budget_tokens_ = nullptr;
  Gauge* breaker_state_ = nullptr;
  Gauge* upstream_connections_ = nullptr;
  std::array<Counter*, 3> caller_limited_{};
  Gauge* callers_counted_ = nullptr;
  Gauge* incomplete_requests_ = nullptr;
  Counter* incomplete_requests_given_up_ = nullptr;
  Gauge* reflection_streams_ = nullptr;
  Counter* reflection_refused_ = nullptr;
  Counter* unknown_method_calls_ = nullptr;
};

}  // namespace modelgates::gateway
