#pragma once

#include <algorithm>
#include <chrono>

#include "base/event_loop.h"

namespace modelgates::gateway {

// An event loop whose time moves when told. Everything runs on the test's own thread.
class FakeLoop final : public EventLoop {
 public:
  TimePoint Now() const override { return now_; }

  // Runs what is due now.
  void Run() { RunDue(); }

  // One turn. False: there was nothing to run.
  bool Turn() { return RunTurn(now_); }

  // Time passes while the thread does not get the CPU.
  void Stall(Duration by) { now_ += by; }

  // Moves time to `now_ + by`, stopping at every timer on the way, and runs what becomes due.
  void Advance(Duration by) {
    const TimePoint end = now_ + by;
    RunDue();
    while (NextTimer() && *NextTimer() <= end) {
      now_ = std::max(now_, *NextTimer());
      RunDue();
    }
    now_ = end;
    RunDue();
  }

  // Moves time from timer to timer until none is left; false when `limit` timers did not suffice.
  bool AdvanceUntilIdle(int limit = 1000) {
    RunDue();
    while (NextTimer()) {
      if (limit-- == 0) return false;
      now_ = std::max(now_, *NextTimer());
      RunDue();
    }
    return true;
  }

  bool HasTimer() const { return NextTimer().has_value(); }

 private:
  void Wake() override {}

  TimePoint now_ = TimePoint(std::chrono::hours(1000));
};

}  // namespace modelgates::gateway
