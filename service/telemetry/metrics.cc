#include "telemetry/metrics.h"

#include <modelgates/oauth/v1/oauth.pb.h>
#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <chrono>

#include "telemetry/open_metrics.h"
#include "telemetry/port_metrics.h"
#include "telemetry/process_metrics.h"
#include "telemetry/seconds_buckets.h"
#include "telemetry/store_metrics.h"
#include "telemetry/trace_metrics.h"
#include "telemetry/upstream_metrics.h"

namespace modelgates::gateway {
namespace {

constexpr const char* kOther = "other";

constexpr std::array kStatusClasses = {"1xx", "2xx", "3xx", "4xx", "5xx", kOther};

// The optional fields of replies; the last is for all others.
constexpr std::array kAnswerFields = {"app_id", "created_at", "user_id", kOther};

// The settings whose files are read again; the last is for all others.
// clang-format off
constexpr std::array kReloadedFiles = {"admin_bearer_file", "api_key_file", "caller_keys_dir",
    "callers_file", "exchange_pepper_file", "exchange_store_ca_file", "flagfile", "tls_cert_file",
    "upstream_ca_file", kOther};
// clang-format on

// In the order of CallerLimit.
constexpr std::array kCallerLimits = {"rate", "concurrent", "callers"};

auto& Counters(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
}
auto& Gauges(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry);
}
auto& Histograms(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildHistogram().Name(name).Help(help).Register(registry);
}

double ToSeconds(Duration elapsed) { return std::chrono::duration<double>(elapsed).count(); }

std::string ReasonLabel(int reason) {
  using oauth::v1::ErrorReason_IsValid;
  using oauth::v1::ErrorReason_Name;
  return reason != 0 && ErrorReason_IsValid(reason) ? ErrorReason_Name(reason) : kOther;
}

}  // namespace

Metrics::Metrics(std::string_view commit)
    : registry_(std::make_unique<prometheus::Registry>()), server_(*registry_, exemplars_) {
  static_assert(kAnswerFields.size() == kFields);
  static_assert(kReloadedFiles.size() == kFiles);
  static_assert(kFailures + kStatusClasses.size() == kOutcomes);
  static_assert(oauth::v1::ErrorReason_MAX < kReasons);
  prometheus::Registry& registry = *registry_;

  auto& attempts = Counters(registry, "oauth_gateway_upstream_attempts_total",
                            "Requests to the upstream, by outcome: the class of the HTTP status, "
                            "or why there was no complete answer.");
  auto& attempt_seconds = Histograms(registry, "oauth_gateway_upstream_attempt_seconds",
                                     "Duration of requests to the upstream, in seconds.");
  auto& retries = Counters(registry, "oauth_gateway_retries_total",
                           "Decisions after an attempt that failed: retry, or the reason not to.");
  constexpr const char* kErrors = "oauth_gateway_errors_total";
  auto& errors = Counters(registry, kErrors, "Error replies, by the reason in ErrorInfo.");
  for (const Rpc rpc : {Rpc::kCreateAuthCode, Rpc::kExchangeAuthCode}) {
    PerRpc& series = For(rpc);
    const std::string name(ToString(rpc));
    series.attempt_seconds = &attempt_seconds.Add({{"rpc", name}}, SecondsBuckets());
    for (size_t i = 0; i < kOutcomes; ++i) {
      const std::string outcome(i < kFailures ? ToString(static_cast<TransportFailure>(i))
                                              : kStatusClasses[i - kFailures]);
      series.attempts[i] = &attempts.Add({{"rpc", name}, {"outcome", outcome}});
    }
    for (size_t i = 0; i < kDecisions; ++i) {
      const std::string decision(i + 1 < kDecisions ? ToString(static_cast<StopReason>(i))
                                                    : "retry");
      series.retries[i] = &retries.Add({{"rpc", name}, {"decision", decision}});
    }
    for (size_t i = 0; i < kReasons; ++i) {
      // The same labels give the same series: all numbers without a name share one.
      const prometheus::Labels labels = {{"rpc", name},
                                         {"reason", ReasonLabel(static_cast<int>(i))}};
      series.errors[i] = &errors.Add(labels);
      series.error_exemplars[i] = &exemplars_.Add(kErrors, labels);
    }
  }

  auto& exchanges = Gauges(registry, "oauth_gateway_exchanges", "Exchanges in memory, by state.");
  for (size_t i = 0; i < kExchangeStateCount; ++i) {
    exchanges_[i] =
        &exchanges.Add({{"state", std::string(ToString(static_cast<ExchangeState>(i)))}});
  }
  auto& violations = Counters(
      registry, "oauth_gateway_upstream_contract_violations_total",
      "Answers that were used although a field was missing or had another type, by field.");
  for (size_t i = 0; i < kFields; ++i) {
    contract_violations_[i] = &violations.Add({{"field", kAnswerFields[i]}});
  }

  const auto counter = [&registry](Counter*& series, const char* name, const char* help) {
    series = &Counters(registry, name, help).Add({});
  };
  const auto gauge = [&registry](Gauge*& series, const char* name, const char* help) {
    series = &Gauges(registry, name, help).Add({});
  };
  counter(exchange_joins_, "oauth_gateway_exchange_joins_total",
          "Calls that joined an identical exchange while it was running.");
  counter(exchange_replays_, "oauth_gateway_exchange_replays_total",
          "Calls that received the result of an earlier, identical exchange.");
  counter(exchange_outcome_unknown_, "oauth_gateway_exchange_outcome_unknown_total",
          "Exchanges that were sent and whose outcome is unknown, because the answer was lost.");
  counter(exchange_memory_full_, "oauth_gateway_exchange_memory_full_total",
          "Exchanges that had no place in memory because it was full: identical calls could not "
          "join them, or their result was not kept.");
  counter(exchange_store_unavailable_, "oauth_gateway_exchange_store_unavailable_total",
          "Requests to the exchange store that failed.");
  gauge(exchanges_in_flight_, "oauth_gateway_exchanges_in_flight",
        "Exchanges that are running upstream, including those whose callers have left.");
  gauge(exchange_memory_bytes_, "oauth_gateway_exchange_memory_bytes",
        "Memory of the results that are kept for identical calls, in bytes.");
  counter(resend_prevented_, "oauth_gateway_resend_prevented_total",
          "Exchanges that failed and were not sent again, because the upstream may have received "
          "them.");
  counter(error_details_truncated_, "oauth_gateway_error_details_truncated_total",
          "Error replies whose details were cut to their size limit.");
  counter(
      own_key_refused_, "oauth_gateway_own_key_refused_total",
      "Calls that the upstream refused with 401 because of a key of the gateway's. Calls with a "
      "bearer of the caller's are not counted.");
  counter(log_lines_dropped_, "oauth_gateway_log_lines_dropped_total",
          "Log lines that were dropped because the reader of stdout was too slow.");
  port_ = std::make_unique<PortMetrics>(registry);
  process_ = std::make_unique<ProcessMetrics>(registry, GATEWAY_VERSION, commit);
  traces_ = std::make_unique<TraceMetrics>(registry);
  upstream_ = std::make_unique<UpstreamMetrics>(registry);
  store_ = std::make_unique<StoreMetrics>(registry);
  auto& reloads = Counters(registry, "oauth_gateway_reloads_total",
                           "Reads of a changed file, by file and result. ok: the new content is in "
                           "use; failed: the previous content stays in use.");
  auto& last_reload = Gauges(registry, "oauth_gateway_last_reload_timestamp_seconds",
                             "Time at which the content in use was read from a changed file, in "
                             "seconds since 1970. 0: it was read at the start.");
  for (size_t i = 0; i < kFiles; ++i) {
    last_reload_[i] = &last_reload.Add({{"file", kReloadedFiles[i]}});
    for (const Reload result : {Reload::kOk, Reload::kFailed}) {
      reloads_[i][static_cast<size_t>(result)] = &reloads.Add(
          {{"file", kReloadedFiles[i]}, {"result", result == Reload::kOk ? "ok" : "failed"}});
    }
  }
  gauge(retry_budget_tokens_, "oauth_gateway_retry_budget_tokens",
        "Retries that the retry budget allows now.");
  gauge(breaker_state_, "oauth_gateway_breaker_state",
        "State of the circuit breaker: 0 closed, 1 half-open, 2 open.");
  gauge(upstream_connections_, "oauth_gateway_upstream_connections",
        "Open connections to the upstream, including idle ones.");
  auto& limited = Counters(registry, "oauth_gateway_caller_limited_total",
                           "Calls that were refused because their caller is above its share, by "
                           "limit: calls per second, calls at the same time, or callers counted.");
  for (size_t i = 0; i < kCallerLimits.size(); ++i) {
    caller_limited_[i] = &limited.Add({{"limit", kCallerLimits[i]}});
  }
  gauge(callers_counted_, "oauth_gateway_callers_counted",
        "Callers whose calls are counted against their share, including idle ones.");
  gauge(incomplete_requests_, "oauth_gateway_incomplete_requests",
        "Calls whose request has not arrived completely.");
  counter(incomplete_requests_given_up_, "oauth_gateway_incomplete_requests_given_up_total",
          "Calls that were ended because their request did not arrive completely.");
  gauge(reflection_streams_, "oauth_gateway_reflection_streams",
        "Open streams of gRPC server reflection.");
  counter(reflection_refused_, "oauth_gateway_reflection_refused_total",
          "Streams of gRPC server reflection that were refused because too many were open.");
  counter(unknown_method_calls_, "oauth_gateway_unknown_method_calls_total",
          "Calls of methods that the gateway does not have.");
}

Metrics::~Metrics() = default;

void Metrics::CallStarted(Rpc rpc) { server_.Started(rpc); }

void Metrics::CallFinished(Rpc rpc, int grpc_code, Duration elapsed, const TraceContext& span) {
  server_.Handled(rpc, grpc_code, elapsed, span);
}

void Metrics::AttemptAnswered(Rpc rpc, int http_status, Duration elapsed) {
  const bool has_class = http_status >= 100 && http_status <= 599;
  const size_t status_class =
      has_class ? static_cast<size_t>(http_status / 100 - 1) : kStatusClasses.size() - 1;
  For(rpc).attempts[kFailures + status_class]->Increment();
  For(rpc).attempt_seconds->Observe(ToSeconds(elapsed));
}

void Metrics::AttemptFailed(Rpc rpc, TransportFailure failure, Duration elapsed) {
  For(rpc).attempts[static_cast<size_t>(failure)]->Increment();
  For(rpc).attempt_seconds->Observe(ToSeconds(elapsed));
}

void Metrics::RetryDecided(Rpc rpc, const Decision& decision) {
  const size_t index = decision.retry ? kDecisions - 1 : static_cast<size_t>(decision.stop);
  For(rpc).retries[index]->Increment();
}

void Metrics::ErrorReturned(Rpc rpc, int reason, const TraceContext& span) {
  const bool is_known = reason > 0 && reason < static_cast<int>(kReasons);
  const size_t index = is_known ? static_cast<size_t>(reason) : 0;
  For(rpc).errors[index]->Increment();
  For(rpc).error_exemplars[index]->Record(1, span);
}

void Metrics::ContractViolated(std::string_view field) {
  const auto known_end = kAnswerFields.end() - 1;
  const auto found = std::find(kAnswerFields.begin(), known_end, field);
  contract_violations_[static_cast<size_t>(found - kAnswerFields.begin())]->Increment();
}

void Metrics::FileReloaded(std::string_view setting, Reload result) {
  const auto known_end = kReloadedFiles.end() - 1;
  const auto found = std::find(kReloadedFiles.begin(), known_end, setting);
  const auto file = static_cast<size_t>(found - kReloadedFiles.begin());
  reloads_[file][static_cast<size_t>(result)]->Increment();
  if (result == Reload::kOk) last_reload_[file]->SetToCurrentTime();
}

void Metrics::ErrorDetailsTruncated() { error_details_truncated_->Increment(); }
void Metrics::ExchangeJoined() { exchange_joins_->Increment(); }
void Metrics::ExchangeReplayed() { exchange_replays_->Increment(); }
void Metrics::ExchangeOutcomeUnknown() { exchange_outcome_unknown_->Increment(); }
void Metrics::ExchangeMemoryFull() { exchange_memory_full_->Increment(); }
void Metrics::ExchangeStoreUnavailable() { exchange_store_unavailable_->Increment(); }
void Metrics::ResendPrevented() { resend_prevented_->Increment(); }
void Metrics::OwnKeyRefused() { own_key_refused_->Increment(); }
void Metrics::IncompleteRequestGivenUp() { incomplete_requests_given_up_->Increment(); }
void Metrics::ReflectionRefused() { reflection_refused_->Increment(); }
void Metrics::UnknownMethodCalled() { unknown_method_calls_->Increment(); }

void Metrics::SetExchanges(ExchangeState state, size_t count) {
  exchanges_[static_cast<size_t>(state)]->Set(static_cast<double>(count));
}
void Metrics::SetExchangesInFlight(size_t count) {
  exchanges_in_flight_->Set(static_cast<double>(count));
}
void Metrics::SetExchangeMemoryBytes(size_t bytes) {
  exchange_memory_bytes_->Set(static_cast<double>(bytes));
}
void Metrics::SetLogLinesDropped(uint64_t total) {
  log_lines_dropped_->Increment(static_cast<double>(total) - log_lines_dropped_->Value());
}
void Metrics::SetRetryBudgetTokens(double tokens) { retry_budget_tokens_->Set(tokens); }
void Metrics::SetBreakerState(int state) { breaker_state_->Set(state); }
void Metrics::SetUpstreamConnections(size_t open) {
  upstream_connections_->Set(static_cast<double>(open));
}
void Metrics::CallerLimited(CallerLimit limit) {
  caller_limited_[static_cast<size_t>(limit)]->Increment();
}
void Metrics::SetCallersCounted(size_t count) { callers_counted_->Set(static_cast<double>(count)); }

void Metrics::SetIncompleteRequests(size_t count) {
  incomplete_requests_->Set(static_cast<double>(count));
}
void Metrics::SetReflectionStreams(int open) { reflection_streams_->Set(open); }

std::vector<prometheus::MetricFamily> Metrics::Collect() const { return registry_->Collect(); }

std::string Metrics::Render() const { return prometheus::TextSerializer().Serialize(Collect()); }

std::string Metrics::RenderOpenMetrics() const { return WriteOpenMetrics(Collect(), exemplars_); }

}  // namespace modelgates::gateway
