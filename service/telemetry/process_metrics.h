#pragma once

#include <string_view>

namespace prometheus {
class Counter;
class Gauge;
class Registry;
}  // namespace prometheus

namespace modelgates::gateway {

// The metrics of the program and its process, part of Metrics. Any thread.
class ProcessMetrics {
 public:
  // `version` and `commit`: which build it is.
  ProcessMetrics(prometheus::Registry& registry, std::string_view version, std::string_view commit);

  // Reads what the kernel counts.
  void Update();

 private:
  prometheus::Counter* cpu_seconds_;
  prometheus::Gauge* start_time_;
  prometheus::Gauge* virtual_memory_;
  prometheus::Gauge* resident_memory_;
  prometheus::Gauge* threads_;
  prometheus::Gauge* open_fds_;
  prometheus::Gauge* max_fds_;
};

}  // namespace modelgates::gateway
