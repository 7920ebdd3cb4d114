#pragma once

#include <optional>

#include "base/time.h"

namespace modelgates::gateway {

// Tells a failover, for which commands wait, from an outage, for which they do not, by the time
// since the server was lost, or its replicas.
class RedisOutage {
 public:
  // `wait`: how long an outage may be a failover; zero: none is. A connection that lasted less than
  // `settled` did not end an outage.
  RedisOutage(Duration wait, Duration settled) : wait_(wait), settled_(settled) {}

  void Linked(TimePoint now);
  void Unlinked(TimePoint now);
  // Whether enough replicas acknowledged a command.
  void Acknowledged(bool enough, TimePoint now);

  // Until when commands wait. In the past: they do not.
  TimePoint waits_until() const;

 private:
  const Duration wait_;
  const Duration settled_;
  bool linked_ = false;
  TimePoint linked_since_{};
  std::optional<TimePoint> lost_since_;
  std::optional<TimePoint> unacknowledged_since_;
};

}  // namespace modelgates::gateway
