#include "telemetry/trace_metrics.h"

#include <prometheus/counter.h>
#include <prometheus/registry.h>

#include <string>

namespace modelgates::gateway {

TraceMetrics::TraceMetrics(prometheus::Registry& registry) {
  const auto counters = [&registry](const char* name, const char* help) -> auto& {
    return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
  };
  exported_ = &counters("oauth_gateway_spans_exported_total",
                        "Spans of traces that the collector accepted.")
                   .Add({});
  auto& dropped = counters(
      "oauth_gateway_spans_dropped_total",
      "Spans of traces that were lost. queue_full: more were made than the collector accepts; "
      "refused: it answered with an error; unreachable: no answer; stopped: the gateway ended.");
  for (size_t i = 0; i < kSpanLosses; ++i) {
    dropped_[i] = &dropped.Add({{"cause", std::string(ToString(static_cast<SpanLoss>(i)))}});
  }
}

void TraceMetrics::SpansExported(size_t spans) { exported_->Increment(static_cast<double>(spans)); }

void TraceMetrics::SpansDropped(SpanLoss loss, size_t spans) {
  dropped_[static_cast<size_t>(loss)]->Increment(static_cast<double>(spans));
}

}  // namespace modelgates::gateway
