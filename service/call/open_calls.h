#pragma once

#include <atomic>
#include <limits>

namespace modelgates::gateway {

// The calls that take memory: those whose request is not complete, those that run, and those whose
// reply was not read. While there are more than the bound, or many wait for the loop, gRPC receives
// slowly (counted_recvmsg.cc), because it makes calls of what it receives sooner than they are
// served or refused. Any thread.
class OpenCalls {
 public:
  constexpr OpenCalls() = default;
  OpenCalls(const OpenCalls&) = delete;
  OpenCalls& operator=(const OpenCalls&) = delete;

  void SetMaxCalls(int max_calls) { max_calls_.store(max_calls, std::memory_order_relaxed); }

  void Opened() { calls_.fetch_add(1, std::memory_order_relaxed); }
  void Ended() { calls_.fetch_sub(1, std::memory_order_relaxed); }

  // A call that was admitted waits for the loop.
  void Queued() { queued_.fetch_add(1, std::memory_order_relaxed); }
  void Dequeued() { queued_.fetch_sub(1, std::memory_order_relaxed); }

  bool TooMany() const {
    return calls_.load(std::memory_order_relaxed) > max_calls_.load(std::memory_order_relaxed) ||
           queued_.load(std::memory_order_relaxed) > kMaxQueued;
  }

 private:
  // Some 5 ms of the loop's time.
  static constexpr int kMaxQueued = 128;

  std::atomic<int> calls_{0};
  std::atomic<int> queued_{0};
  std::atomic<int> max_calls_{std::numeric_limits<int>::max()};
};

// Those of this process, whichever server has them.
OpenCalls& CallsOfGrpc();

}  // namespace modelgates::gateway
