#pragma once

#include <modelgates/oauth/v1/oauth.pb.h>

#include <atomic>
#include <cstdint>
#include <optional>

namespace modelgates::gateway {

// Bounds the number of running calls. Further calls are refused at once, and all calls during a
// drain. Checked before a call is passed to the loop, so that no calls queue there.
//
// A call runs until its status is known. Replies that callers do not read are not counted here but
// bounded by UnreadReplies. Any thread.
class Admission {
 public:
  explicit Admission(int max_calls) { SetMaxCalls(max_calls); }
  Admission(const Admission&) = delete;
  Admission& operator=(const Admission&) = delete;

  // Replaces the bound. Calls above it that are already admitted continue.
  void SetMaxCalls(int max_calls) {
    max_calls_.store(static_cast<uint64_t>(max_calls), std::memory_order_relaxed);
  }

  // The reason to refuse a call; nullopt: it is admitted, and Leave must follow.
  std::optional<oauth::v1::ErrorReason> Enter();
  // Must precede the sending of the status, so that this call is not counted with the next one.
  void Leave() { calls_.fetch_sub(1); }

  // Admits no further call: `calls` only decreases.
  void StartDraining() { calls_.fetch_or(kDraining); }
  int calls() const { return static_cast<int>(calls_.load() & ~kDraining); }

 private:
  // A bit of the counter, so that no call is admitted while a drain begins.
  static constexpr uint64_t kDraining = uint64_t{1} << 63;

  std::atomic<uint64_t> max_calls_;
  std::atomic<uint64_t> calls_{0};
};

}  // namespace modelgates::gateway
