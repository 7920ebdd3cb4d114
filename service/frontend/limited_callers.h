#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "base/event_loop.h"
#include "base/log.h"

namespace modelgates::gateway {

// Logs the caller that its share refuses most often, at most one line per second, because no metric
// has a label for callers. The counts are exact while at most 64 callers are refused within a
// second; with more callers a count may be too high, never too low. Add: any thread.
class LimitedCallers final : private Timer {
 public:
  // Both must outlive this.
  LimitedCallers(EventLoop& loop, Log& log) : loop_(loop), log_(log) {}

  // `caller`: CallerIdentity::text.
  void Add(std::string_view caller);

 private:
  using Counts = std::map<std::string, uint64_t, std::less<>>;

  void OnTimer() override;

  EventLoop& loop_;
  Log& log_;
  std::mutex mutex_;  // guards what follows
  Counts counts_;
  uint64_t total_ = 0;
};

}  // namespace modelgates::gateway
