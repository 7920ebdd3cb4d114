#pragma once

#include <absl/functional/any_invocable.h>

#include <boost/intrusive/list.hpp>
#include <chrono>
#include <stop_token>
#include <utility>

#include "base/blocking_work.h"
#include "base/event_loop.h"
#include "base/task.h"
#include "base/wait_point.h"

namespace modelgates::gateway {

// Checks files once per second on a separate thread, because a disk may hang, and at once for a
// Refresh. `Seen` is the result of a check.
//
// Loop thread only, except the constructor.
template <class Seen>
class RepeatedLook : private Timer {
 public:
  // Starts to check. On the loop thread, or before the loop runs.
  void Watch() { loop_.Start(*this, loop_.Now() + interval_); }

  // Checks at once, and waits until the result is in use, until `deadline`, or until a request on
  // `stop`, which must outlive the task.
  Task<void> Refresh(TimePoint deadline, const std::stop_token& stop) {
    Waiter waiter(loop_);
    waiting_.push_back(waiter);
    if (!work_.running()) StartLook();
    co_await waiter.done.Wait(deadline, stop);
  }

 protected:
  explicit RepeatedLook(EventLoop& loop,
                        std::chrono::milliseconds interval = std::chrono::seconds(1))
      : loop_(loop), interval_(interval), work_(loop) {}
  RepeatedLook(const RepeatedLook&) = delete;
  RepeatedLook& operator=(const RepeatedLook&) = delete;
  ~RepeatedLook() override = default;

  EventLoop& loop() const { return loop_; }

 private:
  struct Waiter : boost::intrusive::list_base_hook<
                      boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
    explicit Waiter(EventLoop& loop) : done(loop) {}
    WaitPoint done;
  };
  using Waiters = boost::intrusive::list<Waiter, boost::intrusive::constant_time_size<false>>;

  // The work of the next check. It runs on another thread, so it owns what it uses.
  virtual absl::AnyInvocable<Seen()> NextLook() = 0;
  // Applies the result of a check.
  virtual void Use(Seen seen) = 0;

  void OnTimer() override { StartLook(); }

  void StartLook() {
    Cancel();
    looking_.splice(looking_.end(), waiting_);
    if (!work_.Start(NextLook(), [this](Seen seen) { Finish(std::move(seen)); })) Watch();
  }

  void Finish(Seen seen) {
    Use(std::move(seen));
    for (Waiter& waiter : looking_) waiter.done.Notify();
    looking_.clear();
    // Waiters that came after this check began get the next one: a file may have changed since.
    if (waiting_.empty()) {
      Watch();
    } else {
      StartLook();
    }
  }

  EventLoop& loop_;
  const std::chrono::milliseconds interval_;
  Waiters looking_;  // for the running check
  Waiters waiting_;  // for the next check
  BlockingWork<Seen> work_;
};

}  // namespace modelgates::gateway
