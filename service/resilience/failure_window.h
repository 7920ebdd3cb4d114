#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/time.h"

namespace modelgates::gateway {

// Counts recent attempts and how many of them failed. The window has ten slots of time; the oldest
// slot is dropped as a whole. So everything younger than nine tenths of the window is counted, and
// nothing older than the window. Loop thread only.
class FailureWindow {
 public:
  struct Counts {
    uint32_t attempts = 0;
    uint32_t failures = 0;  // of the attempts
  };

  // `length`: of the window, at least ten ticks of the clock.
  explicit FailureWindow(Duration length) : slot_length_(length / kSlots) {}

  // Counts an attempt that ends at `now`, which must not decrease.
  void Add(bool failed, TimePoint now);

  // As of the last Add.
  const Counts& counts() const { return sum_; }

  void Reset();

 private:
  static constexpr size_t kSlots = 10;

  void Advance(TimePoint now);

  Duration slot_length_;
  std::array<Counts, kSlots> slots_{};
  Counts sum_;  // of the slots
  size_t current_ = 0;
  TimePoint current_ends_{};
};

}  // namespace modelgates::gateway
