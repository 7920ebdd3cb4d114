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

// Logs which caller is refused most for its share, at most one line per second: an operator should
// see who it is, and no metric has a caller in a label. Counts exactly while at most 64 callers are
// refused within a second; among more, no count is too low. Add: any thread.
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
