#pragma once

#include <cstdint>

#include "base/time.h"

namespace prometheus {
class Counter;
class Gauge;
class Registry;
}  // namespace prometheus

namespace modelgates::gateway {

// The connection to the exchange store, part of Metrics. Any thread.
class StoreMetrics {
 public:
  explicit StoreMetrics(prometheus::Registry& registry);

  // All but `connected` since the start.
  void Set(bool connected, uint64_t moves, Duration disconnected, uint64_t unreplicated);

 private:
  prometheus::Gauge* connected_;
  prometheus::Counter* moves_;
  prometheus::Counter* disconnected_seconds_;
  prometheus::Counter* unreplicated_;
};

}  // namespace modelgates::gateway
