#include "redis/redis_outage.h"

namespace modelgates::gateway {

void RedisOutage::Linked(TimePoint now) {
  linked_ = true;
  linked_since_ = now;
  unacknowledged_since_.reset();  // its replicas are others
}

void RedisOutage::Unlinked(TimePoint now) {
  if (!lost_since_ || now - linked_since_ >= settled_) lost_since_ = now;
  linked_ = false;
}

void RedisOutage::Acknowledged(bool enough, TimePoint now) {
  if (enough) {
    unacknowledged_since_.reset();
  } else if (!unacknowledged_since_) {
    unacknowledged_since_ = now;
  }
}

TimePoint RedisOutage::waits_until() const {
  const std::optional<TimePoint> since = linked_ ? unacknowledged_since_ : lost_since_;
  return since && wait_ > Duration::zero() ? *since + wait_ : TimePoint::min();
}

}  // namespace modelgates::gateway
