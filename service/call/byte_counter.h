#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace modelgates::gateway {

// Counts bytes, and notifies a listener when a given total is reached. Any thread.
class ByteCounter {
 public:
  class Alarm {
   public:
    // Called on the thread that adds.
    virtual void OnBytes() = 0;

   protected:
    ~Alarm() = default;
  };

  constexpr ByteCounter() = default;
  ByteCounter(const ByteCounter&) = delete;
  ByteCounter& operator=(const ByteCounter&) = delete;

  void Add(uint64_t bytes) {
    if (total_.fetch_add(bytes) + bytes >= alarm_at_.load()) Ring();
  }
  uint64_t total() const { return total_.load(); }

  // Replaces the listener.
  void SetAlarm(Alarm* alarm) { alarm_ = alarm; }
  void RemoveAlarm(Alarm* alarm) { alarm_.compare_exchange_strong(alarm, nullptr); }
  // Notifies the listener once, when Add brings the total to `total` or above. Replaces `total`.
  void AlarmAt(uint64_t total) { alarm_at_ = total; }
  // Whether to receive slowly.
  bool crowded() const { return crowded_.load(); }
  void SetCrowded(bool crowded) { crowded_ = crowded; }

 private:
  static constexpr uint64_t kNever = std::numeric_limits<uint64_t>::max();

  void Ring() {
    if (alarm_at_.exchange(kNever) == kNever) return;
    if (Alarm* const alarm = alarm_.load()) alarm->OnBytes();
  }

  std::atomic<uint64_t> total_{0};
  std::atomic<uint64_t> alarm_at_{kNever};
  std::atomic<bool> crowded_{false};
  std::atomic<Alarm*> alarm_{nullptr};
};

// What gRPC receives from a connection at once, at most.
inline constexpr size_t kMaxReadBytes = 2 * 1024;

// The bytes that gRPC has received from all connections of this process. Stays 0 in a program that
// does not link counted_recvmsg.cc.
ByteCounter& ReceivedByGrpc();

}  // namespace modelgates::gateway
