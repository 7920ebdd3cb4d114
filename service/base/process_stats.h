#pragma once

#include <optional>

namespace modelgates::gateway {

// What the kernel counts for this process.
struct ProcessStats {
  double cpu_seconds = 0;         // user and system, of all threads
  double start_time_seconds = 0;  // since 1970
  double virtual_memory_bytes = 0;
  double resident_memory_bytes = 0;
  double threads = 0;
  double open_fds = 0;
  double max_fds = 0;
};

// Nullopt when /proc cannot be read. Up to some milliseconds: it counts the open descriptors.
std::optional<ProcessStats> ReadProcessStats();

}  // namespace modelgates::gateway
