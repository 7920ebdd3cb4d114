#pragma once

#include <cstdint>
#include <mutex>
#include <optional>

#include "base/time.h"

namespace modelgates::gateway {

// Limits the log lines about events that other parties cause to one per second, and counts the
// events of each line. Any thread.
class LineLimit {
 public:
  // Counts an event. nullopt: do not log it; else the number of events since the last line,
  // including this one.
  std::optional<uint64_t> Pass(TimePoint now);

 private:
  std::mutex mutex_;
  uint64_t events_ = 0;                 // guarded by mutex_: since the last line
  std::optional<TimePoint> next_line_;  // guarded by mutex_
};

}  // namespace modelgates::gateway
