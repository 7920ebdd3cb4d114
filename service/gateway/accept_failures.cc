#include "gateway/accept_failures.h"

#include <system_error>

#include "telemetry/port_metrics.h"

namespace modelgates::gateway {

void AcceptFailures::Report(int error, TimePoint now) {
  metrics_.port().AcceptFailed();
  if (!lines_.Pass(now)) return;
  LogLine line = log_.Line(Severity::kError, "accept_failed",
                           "connections wait until descriptors or memory are free");
  log_.Write(line.Add("error", std::generic_category().message(error)));
}

}  // namespace modelgates::gateway
