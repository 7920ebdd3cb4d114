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

// Holds the connections of the callers' port to the bounds of the settings. Counts those that are
// refused, and logs at most one of them per second. Any thread.
class CallerConnections {
 public:
  // All must outlive this.
  CallerConnections(const Config& config, const EventLoop& clock, Log& log, Metrics& metrics);

  // Takes live settings into use.
  void SetConfig(const Config& config);
  // Of a connection that was just accepted. False: it was refused, and is closed.
  bool Admit(int connection, const PeerAddress& peer);

  // Up to some milliseconds.
  void UpdateMetrics();

 private:
  const EventLoop& clock_;
  Log& log_;
  Metrics& metrics_;
  ConnectionLimits limits_;
  LineLimit lines_;
};

}  // namespace modelgates::gateway
