#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/log.h"
#include "exchange/exchange_observer.h"
#include "failure/failed_call.h"
#include "request/request_id.h"
#include "resilience/retrier.h"
#include "telemetry/metrics.h"
#include "upstream/rpc.h"

namespace modelgates::gateway {

// One per call: its id, timing, log line and metrics. It also observes attempts that an exchange
// makes after its call has ended, so it owns everything it uses except log and metrics, which
// outlive every call.
class CallScope final : public ExchangeObserver {
 public:
  // `traceparent` and `peer` as the caller sent them.
  CallScope(Rpc rpc, TimePoint started, std::string request_id, std::string_view traceparent,
            std::string peer, Log& log, Metrics& metrics);
  CallScope(const CallScope&) = delete;
  CallScope& operator=(const CallScope&) = delete;

  // CallerIdentity::text, for the log; empty: callers are not identified.
  void set_caller(std::string_view caller) { caller_ = caller; }

  const std::string& request_id() const { return request_id_; }

  // The result of a call.
  struct End {
    const FailedCall* failed = nullptr;    // null: the call succeeded
    const AttemptLog* attempts = nullptr;  // null: nothing was sent upstream
    std::string_view cause{};              // see CauseOf
    bool details_truncated = false;
    bool joined = false;
    bool replayed = false;
    bool degraded = false;
    int64_t app_id = 0;
    std::string auth_code_fp{};  // empty: no code
  };
  // Called once, when the status is known.
  void Finish(const End& end, TimePoint now);

  void OnAttempt(const AttemptRecord& attempt, std::string_view cause) override;
  void OnDecision(const Decision& decision) override;
  void OnAnswerLost() override;
  void OnMemoryFull() override;
  void OnStoreUnavailable() override;
  // The reply lacks the field; also for a create.
  void OnContractViolated(std::string_view field) override;

 private:
  void AddIdentity(LogLine& line) const;
  // Logs that a key was returned again, for audits.
  void LogReplay(const End& end);

  const Rpc rpc_;
  const TimePoint started_;
  const std::string request_id_;
  const std::string traceparent_;
  const TraceContext trace_;  // views into traceparent_
  const std::string peer_;
  std::string caller_;
  Log& log_;
  Metrics& metrics_;
};

}  // namespace modelgates::gateway
