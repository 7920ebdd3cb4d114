#pragma once

#include <array>
#include <cstddef>

#include "trace/span_observer.h"

namespace prometheus {
class Counter;
class Registry;
}  // namespace prometheus

namespace modelgates::gateway {

// The metrics of traces, part of Metrics. Any thread.
class TraceMetrics {
 public:
  explicit TraceMetrics(prometheus::Registry& registry);

  void SpansExported(size_t spans);
  void SpansDropped(SpanLoss loss, size_t spans);

 private:
  prometheus::Counter* exported_;
  std::array<prometheus::Counter*, kSpanLosses> dropped_{};
};

}  // namespace modelgates::gateway
