#pragma once

#include "base/line_limit.h"
#include "base/log.h"
#include "base/time.h"
#include "telemetry/metrics.h"

namespace modelgates::gateway {

// Reports connections that cannot be accepted because descriptors or memory have run out: counts
// each failure, and logs at most one per second. Any thread.
class AcceptFailures {
 public:
  AcceptFailures(Log& log, Metrics& metrics) : log_(log), metrics_(metrics) {}

  // `error`: see Listener::Failed.
  void Report(int error, TimePoint now);

 private:
  Log& log_;
  Metrics& metrics_;
  LineLimit lines_;
};

}  // namespace modelgates::gateway
