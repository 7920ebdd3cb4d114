#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/log.h"
#include "exchange/exchange_observer.h"
#include "failure/failed_call.h"
#include "resilience/retrier.h"
#include "telemetry/call_result.h"
#include "telemetry/call_spans.h"
#include "telemetry/log_share.h"
#include "telemetry/metrics.h"
#include "telemetry/recent_failures.h"
#include "telemetry/upstream_failures.h"
#include "trace/trace_context.h"
#include "upstream/rpc.h"

namespace modelgates::gateway {

// What observes calls. All must outlive every call.
struct CallObservers {
  Log& log;
  Metrics& metrics;
  CallTracer* tracer = nullptr;                   // null: there are no traces
  UpstreamFailures* upstream_failures = nullptr;  // null: the calls are not sent upstream
  LogShare* created = nullptr;                    // null: every successful create has its line
  RecentFailures* recent_failures = nullptr;      // null: nobody shows them
};

// One per call: its id, timing, log line, metrics and spans. It also observes attempts that an
// exchange makes after its call has ended, so it owns everything it uses except log, metrics and
// tracer, which outlive every call.
class CallScope final : public ExchangeObserver {
 public:
  // `traceparent` and `peer` as the caller sent them.
  CallScope(Rpc rpc, TimePoint started, std::string request_id, std::string_view traceparent,
            std::string peer, const CallObservers& observers);
  CallScope(const CallScope&) = delete;
  CallScope& operator=(const CallScope&) = delete;

  // CallerIdentity::text, for the log; empty: callers are not identified.
  void set_caller(std::string_view caller) { caller_ = caller; }

  // The call has spans.
  bool is_traced() const { return spans_ != nullptr; }
  // JoinTracestate of the caller's; only when is_traced().
  void SetTracestate(std::string tracestate) { spans_->SetTracestate(std::move(tracestate)); }

  const std::string& request_id() const { return request_id_; }

  using End = CallResult;
  // Called once, when the status is known.
  void Finish(const End& end, TimePoint now);

  void OnAttempt(const AttemptRecord& attempt, std::string_view cause) override;
  void OnDecision(const Decision& decision) override;
  TraceContext Span() const override;
  void OnJoined(const TraceContext& first) override;
  void OnAnswerLost() override;
  void OnMemoryFull() override;
  void OnStoreUnavailable() override;
  // The reply lacks the field; also for a create.
  void OnContractViolated(std::string_view field) override;

 private:
  // Of this call, or of its caller when the call is not traced.
  const TraceContext& LoggedSpan() const;
  void AddIdentity(LogLine& line) const;
  // How many calls the line of this one stands for; nullopt: it has none.
  std::optional<uint64_t> LinesShare(const End& end);
  // Logs changes of what fails upstream.
  void LogChange(const AttemptRecord& attempt, std::string_view cause);
  void LogAttempt(const AttemptRecord& attempt, std::string_view cause);
  // Keeps the failed call for people.
  void Remember(const End& end);
  // Logs that a key was returned again, for audits.
  void LogReplay(const End& end);

  const Rpc rpc_;
  const TimePoint started_;
  const std::string request_id_;
  const TraceContext trace_;                // of the caller
  const std::unique_ptr<CallSpans> spans_;  // null: the call is not traced
  int attempts_ = 0;
  const std::string peer_;
  std::string caller_;
  Log& log_;
  Metrics& metrics_;
  UpstreamFailures* const upstream_failures_;
  LogShare* const created_;
  RecentFailures* const recent_failures_;
};

}  // namespace modelgates::gateway
