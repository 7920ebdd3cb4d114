#pragma once

#include <cstddef>

#include "base/connection_limits.h"
#include "base/event_loop.h"
#include "base/line_limit.h"
#include "base/log.h"
#include "base/peer_address.h"
#include "config/config.h"
#include "telemetry/metrics.h"

namespace modelgates::gateway {

// Applies the bounds of the settings to the connections of the callers' port. Counts refused
// connections, and logs at most one per second. Any thread.
class CallerConnections {
 public:
  // All must outlive this.
  CallerConnections(const Config& config, const EventLoop& clock, Log& log, Metrics& metrics);

  // Takes live settings into use.
  void SetConfig(const Config& config);
  // Checks a connection that was just accepted. False: it was refused and closed.
  bool Admit(int connection, const PeerAddress& peer);

  // Takes up to some milliseconds.
  void UpdateMetrics();

 private:
  const EventLoop& clock_;
  Log& log_;
  Metrics& metrics_;
  ConnectionLimits limits_;
  LineLimit lines_;
};

}  // namespace modelgates::gateway
