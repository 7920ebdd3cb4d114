#pragma once

#include <absl/random/random.h>

#include "base/epoll_loop.h"
#include "base/log.h"
#include "base/reloaded_file.h"
#include "config/config.h"
#include "http/curl_transport.h"
#include "resilience/retrier.h"
#include "telemetry/call_spans.h"
#include "telemetry/metrics.h"
#include "telemetry/trace_log.h"
#include "trace/span_exporter.h"
#include "trace/span_queue.h"
#include "trace/trace_settings.h"

namespace modelgates::gateway {

// Traces of calls, from their spans to the collector, which has a transport of its own: none of its
// failures touches breaker or budget.
class Tracing {
 public:
  // `traces` must be enabled(). The references, except the settings, must outlive this. The loop
  // must not run yet. `wall_clock`: see Retrier.
  Tracing(const TraceSettings& traces, const Config& config, EpollLoop& loop, Log& log,
          Metrics& metrics, ReloadObserver& reloads, WallClock wall_clock);

  CallTracer& calls() { return calls_; }
  // Sends the spans of calls that have ended, for two seconds at most. Not on the loop.
  void Finish();

 private:
  RandomSource Random();

  const TraceSettings settings_;
  EpollLoop& loop_;
  TraceLog log_;
  SpanQueue queue_;
  CallTracer calls_;
  absl::BitGen random_;
  CurlTransport transport_;
  // Disabled: a batch that cannot be sent is lost when its time is over.
  RetryBudget budget_{{.enabled = false}};
  CircuitBreaker breaker_;
  Retrier retrier_;
  SpanExporter exporter_;
};

}  // namespace modelgates::gateway
