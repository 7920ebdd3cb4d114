#pragma once

#include <cstdint>
#include <mutex>
#include <optional>

#include "base/time.h"

namespace modelgates::gateway {

// Lets one log line a second through for events that somebody else causes, and counts those that it
// stands for. Any thread.
class LineLimit {
 public:
  // An event happens. nullopt: no line now; else how many have happened since the last line, this
  // one included.
  std::optional<uint64_t> Pass(TimePoint now);

 private:
  std::mutex mutex_;
  uint64_t events_ = 0;                 // guarded by mutex_: since the last line
  std::optional<TimePoint> next_line_;  // guarded by mutex_
};

}  // namespace modelgates::gateway
