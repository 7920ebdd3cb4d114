#include "call/admission.h"

namespace modelgates::gateway {

std::optional<oauth::v1::ErrorReason> Admission::Enter() {
  uint64_t calls = calls_.load();
  do {
    if ((calls & kDraining) != 0) return oauth::v1::GATEWAY_DRAINING;
    if (calls >= max_calls_.load(std::memory_order_relaxed)) return oauth::v1::GATEWAY_OVERLOADED;
  } while (!calls_.compare_exchange_weak(calls, calls + 1));
  return std::nullopt;
}

}  // namespace modelgates::gateway
