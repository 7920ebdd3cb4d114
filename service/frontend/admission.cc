#include "frontend/admission.h"

namespace modelgates::gateway {

std::optional<oauth::v1::ErrorReason> Admission::Enter() {
  uint64_t calls = calls_.load();
  do {
    if ((calls & kDraining) != 0) return oauth::v1::GATEWAY_DRAINING;
    const uint64_t running = Running(calls);
    if (running >= max_running_ || Held(calls) - running >= max_unread_) {
      return oauth::v1::GATEWAY_OVERLOADED;
    }
  } while (!calls_.compare_exchange_weak(calls, calls + kHeld + kRunning));
  return std::nullopt;
}

}  // namespace modelgates::gateway
