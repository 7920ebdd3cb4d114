#pragma once

#include <coroutine>
#include <cstdint>
#include <optional>
#include <stop_token>

#include "base/event_loop.h"

namespace modelgates::gateway {

// A wait of one coroutine for the first of a notification, a point in time, and a stop request.
// Every wait on the loop uses it. Loop thread only.
class WaitPoint final : private Timer {
 public:
  enum class Result : uint8_t { kNotified, kDeadline, kStopped };

  explicit WaitPoint(EventLoop& loop) : loop_(loop) {}
  ~WaitPoint() = default;

  // A notification without a waiting coroutine is kept: the next wait returns at once.
  void Notify();

  struct Awaiter {
    WaitPoint& point;
    TimePoint deadline;
    const std::stop_token& stop;

    bool await_ready() { return point.ReadyAtOnce(stop); }
    void await_suspend(std::coroutine_handle<> coroutine) {
      point.Suspend(coroutine, deadline, stop);
    }
    Result await_resume() { return point.Finish(); }
  };

  // co_await gives the Result. `stop` must outlive the wait. TimePoint::max(): no deadline. A
  // deadline that has already passed ends the wait after the next poll of the descriptors, like any
  // other.
  Awaiter Wait(TimePoint deadline, const std::stop_token& stop) { return {*this, deadline, stop}; }

 private:
  struct OnStop {
    WaitPoint* point;
    void operator()() const { point->Complete(Result::kStopped); }
  };

  void OnTimer() override { Complete(Result::kDeadline); }
  bool ReadyAtOnce(const std::stop_token& stop);
  void Suspend(std::coroutine_handle<> coroutine, TimePoint deadline, const std::stop_token& stop);
  void Complete(Result result);
  Result Finish();

  EventLoop& loop_;
  std::coroutine_handle<> waiting_;
  bool notified_ = false;
  Result result_ = Result::kNotified;
  std::optional<std::stop_callback<OnStop>> on_stop_;
};

}  // namespace modelgates::gateway
