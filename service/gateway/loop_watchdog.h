#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>

#include "base/event_loop.h"

namespace modelgates::gateway {

// Detects an event loop that hangs: a timer on the loop increments a counter, and the watchdog's
// thread checks the counter once per interval. The loop hangs when `looks` consecutive checks found
// it unchanged. Checks are counted, not time, so that a process that was stopped as a whole
// (SIGSTOP, a suspended machine) is not reported.
class LoopWatchdog final : private Timer {
 public:
  struct Options {
    std::chrono::milliseconds interval{500};
    int looks = 10;
  };
  // Called when the loop starts to hang (false) and when it turns again (true), on the watchdog's
  // thread.
  using Changed = std::function<void(bool turns)>;

  // `loop` must outlive it, and have stopped before it goes.
  LoopWatchdog(EventLoop& loop, Changed changed, Options options);
  LoopWatchdog(EventLoop& loop, Changed changed)
      : LoopWatchdog(loop, std::move(changed), Options()) {}
  LoopWatchdog(const LoopWatchdog&) = delete;
  LoopWatchdog& operator=(const LoopWatchdog&) = delete;
  ~LoopWatchdog() override;

  // Starts timer and thread.
  void Start();
  // Ends the thread; `changed` is not called after it. Idempotent.
  void Stop();

  // Any thread.
  bool turns() const { return turns_.load(std::memory_order_relaxed); }

  // The two halves of Start, for tests without a thread.
  void StartTimer();
  void Look();

 private:
  void OnTimer() override;
  void Run();

  EventLoop& loop_;
  const Changed changed_;
  const Options options_;
  std::atomic<uint64_t> moves_{0};
  uint64_t seen_moves_ = 0;
  int unmoved_ = 0;  // looks in a row
  std::atomic<bool> turns_{true};

  std::mutex mutex_;
  std::condition_variable stopped_;
  bool stop_ = false;  // guarded by mutex_
  std::thread thread_;
};

}  // namespace modelgates::gateway
