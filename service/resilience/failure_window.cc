#include "resilience/failure_window.h"

namespace modelgates::gateway {

void FailureWindow::Add(bool failed, TimePoint now) {
  if (now >= current_ends_) Advance(now);
  const uint32_t failures = failed ? 1 : 0;
  Counts& slot = slots_[current_];
  ++slot.attempts;
  slot.failures += failures;
  ++sum_.attempts;
  sum_.failures += failures;
}

void FailureWindow::Reset() {
  slots_ = {};
  sum_ = {};
}

void FailureWindow::Advance(TimePoint now) {
  const auto steps = (now - current_ends_) / slot_length_ + 1;
  current_ends_ += steps * slot_length_;
  if (steps >= Duration::rep{kSlots}) return Reset();
  for (auto step = steps; step > 0; --step) {
    current_ = (current_ + 1) % kSlots;
    Counts& oldest = slots_[current_];
    sum_.attempts -= oldest.attempts;
    sum_.failures -= oldest.failures;
    oldest = {};
  }
}

}  // namespace modelgates::gateway
