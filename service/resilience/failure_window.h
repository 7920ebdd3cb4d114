#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/time.h"

namespace modelgates::gateway {

// How many attempts of the recent past there were, and how many of them failed. The past is kept in
// ten slots of time, the oldest of which is forgotten as a whole: counted is what is younger than
// nine tenths of the window's length, and nothing that is older than the window. Loop thread only.
class FailureWindow {
 public:
  struct Counts {
    uint32_t attempts = 0;
    uint32_t failures = 0;  // of the attempts
  };

  // `length`: at least ten ticks of the clock.
  explicit FailureWindow(Duration length) : slot_length_(length / kSlots) {}

  // Counts an attempt that ends at `now`, which never goes back.
  void Add(bool failed, TimePoint now);

  // As of the last Add.
  const Counts& counts() const { return sum_; }

  void Reset();

 private:
  static constexpr size_t kSlots = 10;

  void Advance(TimePoint now);

  const Duration slot_length_;
  std::array<Counts, kSlots> slots_{};
  Counts sum_;  // of the slots
  size_t current_ = 0;
  TimePoint current_ends_{};
};

}  // namespace modelgates::gateway
