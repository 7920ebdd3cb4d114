#pragma once

#include <modelgates/oauth/v1/oauth.pb.h>

#include <atomic>
#include <cstdint>
#include <optional>

namespace modelgates::gateway {

// How many calls may run at once; one more is refused at once, and every one while draining. Asked
// before a call is handed to the loop, so that calls cannot pile up there.
//
// A call runs until its status is settled. A reply that its caller does not read is bounded by
// UnreadReplies: it takes no place from other callers. Any thread.
class Admission {
 public:
  explicit Admission(int max_calls) { SetMaxCalls(max_calls); }
  Admission(const Admission&) = delete;
  Admission& operator=(const Admission&) = delete;

  // From now on. More calls that are already admitted stay.
  void SetMaxCalls(int max_calls) {
    max_calls_.store(static_cast<uint64_t>(max_calls), std::memory_order_relaxed);
  }

  // The reason to refuse a call; nullopt: it is admitted, and must Leave.
  std::optional<oauth::v1::ErrorReason> Enter();
  // Before the caller can see the status, or its next call could meet this one.
  void Leave() { calls_.fetch_sub(1); }

  // From now on no call is admitted, and `calls` only falls.
  void StartDraining() { calls_.fetch_or(kDraining); }
  int calls() const { return static_cast<int>(calls_.load() & ~kDraining); }

 private:
  // In the word that is counted in: no call slips in while a drain begins.
  static constexpr uint64_t kDraining = uint64_t{1} << 63;

  std::atomic<uint64_t> max_calls_;
  std::atomic<uint64_t> calls_{0};
};

}  // namespace modelgates::gateway
