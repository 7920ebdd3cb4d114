#include "telemetry/process_metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>

#include <algorithm>
#include <string>

#include "base/process_stats.h"

namespace modelgates::gateway {

// Names and help texts of process_* are those of Prometheus' own clients.
ProcessMetrics::ProcessMetrics(prometheus::Registry& registry, std::string_view version,
                               std::string_view commit) {
  prometheus::BuildGauge()
      .Name("oauth_gateway_build_info")
      .Help("Always 1; the labels say which build it is.")
      .Register(registry)
      .Add({{"version", std::string(version)}, {"commit", std::string(commit)}})
      .Set(1);
  const auto gauge = [&registry](const char* name, const char* help) {
    return &prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add({});
  };
  cpu_seconds_ = &prometheus::BuildCounter()
                      .Name("process_cpu_seconds_total")
                      .Help("Total user and system CPU time spent in seconds.")
                      .Register(registry)
                      .Add({});
  start_time_ =
      gauge("process_start_time_seconds", "Start time of the process since unix epoch in seconds.");
  virtual_memory_ = gauge("process_virtual_memory_bytes", "Virtual memory size in bytes.");
  resident_memory_ = gauge("process_resident_memory_bytes", "Resident memory size in bytes.");
  threads_ = gauge("process_threads", "Number of OS threads in the process.");
  open_fds_ = gauge("process_open_fds", "Number of open file descriptors.");
  max_fds_ = gauge("process_max_fds", "Maximum number of open file descriptors.");
}

void ProcessMetrics::Update() {
  const auto stats = ReadProcessStats();
  if (!stats) return;
  cpu_seconds_->Increment(std::max(0.0, stats->cpu_seconds - cpu_seconds_->Value()));
  start_time_->Set(stats->start_time_seconds);
  virtual_memory_->Set(stats->virtual_memory_bytes);
  resident_memory_->Set(stats->resident_memory_bytes);
  threads_->Set(stats->threads);
  open_fds_->Set(stats->open_fds);
  max_fds_->Set(stats->max_fds);
}

}  // namespace modelgates::gateway
