#include "gateway/accept_failures.h"

#include <chrono>
#include <system_error>

namespace modelgates::gateway {

void AcceptFailures::Report(int error, TimePoint now) {
  constexpr std::chrono::seconds kInterval{1};
  metrics_.AcceptFailed();
  {
    const std::lock_guard lock(mutex_);
    if (now < next_line_) return;
    next_line_ = now + kInterval;
  }
  LogLine line = log_.Line(Severity::kError, "accept_failed",
                           "connections wait until descriptors or memory are free");
  log_.Write(line.Add("error", std::generic_category().message(error)));
}

}  // namespace modelgates::gateway
