#pragma once

#include "base/log.h"
#include "resilience/circuit_breaker.h"

namespace modelgates::gateway {

// Logs the circuit breaker: one line when it opens, one when it closes.
class BreakerLog final : public BreakerObserver {
 public:
  // `log` must outlive this.
  explicit BreakerLog(Log& log) : log_(log) {}

  // `breaker_opened`, a warning: the `attempts` of its window, the `failures` among them, and the
  // ErrorReason of the last as `reason`.
  void OnOpened(const Opening& opening) override;
  // `breaker_closed`: how long it was open in all, and how many attempts it refused.
  void OnClosed(const Closing& closing) override;

 private:
  Log& log_;
};

}  // namespace modelgates::gateway
