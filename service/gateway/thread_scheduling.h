#pragma once

#include <functional>

#include "base/event_loop.h"

namespace modelgates::gateway {

enum class Scheduling {
  // A thread that is woken interrupts the running one: SCHED_OTHER, the kernel's default.
  kPreempting,
  // A thread that is woken waits for its turn, and then finds several pieces of work: SCHED_BATCH.
  kBatch,
};

// Chooses the scheduling of all threads of this process by its load (docs/adr/0007). gRPC's threads
// and the loop wake each other at every step of a call. In batches a call costs half, which counts
// while the process is busy. But beside another program on the same CPU each step waits for the end
// of that program's time slice, so calls that come one by one must not wait for their turn.
//
// Loop thread only.
class ThreadScheduling final : private Timer {
 public:
  struct Options {
    Duration interval = std::chrono::milliseconds(200);
    // CPU time of the process in an interval, as a share of one CPU: batches begin at `busy` and
    // end at `quiet`. In batches a call costs half, so `quiet` is less than half of `busy`.
    double busy = 0.30;
    double quiet = 0.10;
  };
  struct System {
    // CPU time of all threads.
    std::function<Duration()> cpu_time;
    std::function<void(Scheduling)> set;
  };
  // That of this process and its threads. If the kernel refuses a change, calls only cost more.
  static System OfThisProcess();

  ThreadScheduling(EventLoop& loop, System system, const Options& options);
  ThreadScheduling(EventLoop& loop, System system)
      : ThreadScheduling(loop, std::move(system), Options()) {}
  ~ThreadScheduling() override = default;

  // At first threads are as they were started.
  void Start();

 private:
  void OnTimer() override;

  EventLoop& loop_;
  const System system_;
  const Options options_;
  Scheduling now_ = Scheduling::kPreempting;
  TimePoint looked_;
  Duration cpu_time_{};
};

}  // namespace modelgates::gateway
