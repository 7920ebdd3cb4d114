#include "base/line_limit.h"

#include <chrono>
#include <utility>

namespace modelgates::gateway {

std::optional<uint64_t> LineLimit::Pass(TimePoint now) {
  constexpr std::chrono::seconds kInterval{1};
  const std::lock_guard lock(mutex_);
  ++events_;
  if (now < next_line_.value_or(now)) return std::nullopt;
  next_line_ = now + kInterval;
  return std::exchange(events_, 0);
}

}  // namespace modelgates::gateway
