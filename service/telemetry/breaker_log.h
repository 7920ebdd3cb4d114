#pragma once

#include "base/log.h"
#include "resilience/circuit_breaker.h"

namespace modelgates::gateway {

// Logs the circuit breaker: one line when it opens, one when it closes.
class BreakerLog final : public BreakerObserver {
 public:
  // `log` must outlive this.
  explicit BreakerLog(Log& log) : log_(log) {}

  // `breaker_opened`, a warning: `attempts` and `failures` in its window, and the ErrorReason of
  // the last failure as `reason`.
  void OnOpened(const Opening& opening) override;
  // `breaker_closed`: for how long it was open, and how many attempts it refused.
  void OnClosed(const Closing& closing) override;

 private:
  Log& log_;
};

}  // namespace modelgates::gateway
