#pragma once

#include <modelgates/oauth/v1/oauth.pb.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <optional>

namespace modelgates::gateway {

// How many calls the gateway takes on at once; one more is refused, and every one while draining.
// Asked before a call is handed to the loop, so that calls cannot pile up there.
//
// A call runs until its status is settled, and is held until gRPC is done with it: a caller that
// does not read its reply keeps it here. As many replies as calls may wait to be read. Any thread.
class Admission {
 public:
  explicit Admission(int max_running)
      : max_running_(static_cast<uint64_t>(max_running)),
        max_unread_(std::max(max_running_, kMinUnread)) {}
  Admission(const Admission&) = delete;
  Admission& operator=(const Admission&) = delete;

  // The reason to refuse a call. nullopt: it is admitted, and must Settle and Leave.
  std::optional<oauth::v1::ErrorReason> Enter();
  // Its status is settled. Before the caller can see it, or the caller's next call meets this one.
  void Settle() { calls_.fetch_sub(kRunning); }
  // gRPC is done with it.
  void Leave() { calls_.fetch_sub(kHeld); }

  // From now on no call is admitted, and `running` only falls.
  void StartDraining() { calls_.fetch_or(kDraining); }

  int running() const { return static_cast<int>(Running(calls_.load())); }
  // Those that run included.
  int held() const { return static_cast<int>(Held(calls_.load())); }

 private:
  // One word, so that every decision sees both counts and the drain at one moment.
  static constexpr uint64_t kMaxCount = 0x7fffffff;
  static constexpr uint64_t kHeld = 1;
  static constexpr uint64_t kRunning = kMaxCount + 1;
  static constexpr uint64_t kDraining = uint64_t{1} << 63;
  // gRPC may be done with a call a moment after its caller has the reply and calls again.
  static constexpr uint64_t kMinUnread = 100;

  static uint64_t Running(uint64_t calls) { return (calls / kRunning) & kMaxCount; }
  static uint64_t Held(uint64_t calls) { return calls & kMaxCount; }

  const uint64_t max_running_;
  const uint64_t max_unread_;
  std::atomic<uint64_t> calls_{0};
};

}  // namespace modelgates::gateway
