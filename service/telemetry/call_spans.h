#pragma once

#include <array>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "base/time.h"
#include "resilience/retrier.h"
#include "telemetry/call_result.h"
#include "trace/random_ids.h"
#include "trace/sampler.h"
#include "trace/span.h"
#include "trace/span_queue.h"
#include "upstream/rpc.h"

namespace modelgates::gateway {

class CallSpans;

// Decides which calls are traced, and knows what their spans have in common. Any thread.
class CallTracer {
 public:
  // `upstream`: the base URL, as ParseBaseUrl accepts it. `listen`: host:port of the callers' port,
  // as it is configured. `queue` must outlive this, and this every call.
  CallTracer(const Sampler& sampler, std::string_view upstream, std::string_view listen,
             SpanQueue& queue);

  // Null: the call is not traced. `caller` is not valid when the call begins its trace.
  std::unique_ptr<CallSpans> Start(Rpc rpc, TimePoint started, const TraceContext& caller);

 private:
  friend class CallSpans;

  struct Names {
    std::string method;             // "modelgates.oauth.v1.OAuthService/CreateAuthCode"
    std::string request;            // "POST /auth/keys/code"
    std::string server_attributes;  // Span::fixed_attributes
    std::string client_attributes;
  };

  const Sampler sampler_;
  SpanQueue& queue_;
  RandomIds ids_;
  std::array<Names, kRpcCount> names_;
};

// The spans of one call that is traced: one of the server, and one of a client for each attempt.
// The attributes are those of OpenTelemetry's stable conventions for gRPC and HTTP, and
// `modelgates.*`.
class CallSpans {
 public:
  CallSpans(CallTracer& tracer, Rpc rpc, TimePoint started, const TraceContext& caller,
            const TraceId& trace_id);

  // Of the server span.
  const TraceContext& context() const { return context_; }
  // JoinTracestate of the caller's.
  void SetTracestate(std::string tracestate);

  // An attempt has ended, also after the call. `attempt`: 1 for the first.
  void OnAttempt(const AttemptRecord& record, int attempt);
  // The call waits for an exchange that a span of another call began.
  void OnJoined(const TraceContext& other) { link_ = other; }
  // The call has ended.
  void OnEnd(const CallResult& end, Duration elapsed);

 private:
  const CallTracer::Names& names() const { return tracer_.names_[static_cast<size_t>(rpc_)]; }

  CallTracer& tracer_;
  const Rpc rpc_;
  const std::chrono::nanoseconds start_;  // since 1970
  const SpanId parent_;
  TraceContext context_;
  TraceContext link_;
  std::shared_ptr<const std::string> tracestate_;
};

}  // namespace modelgates::gateway
