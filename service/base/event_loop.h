#pragma once

#include <absl/functional/any_invocable.h>

#include <boost/intrusive/set.hpp>
#include <coroutine>
#include <mutex>
#include <optional>
#include <vector>

#include "base/time.h"

namespace modelgates::gateway {

// Fires once at a point in time. Owned by its user; destroying or cancelling it disarms it. Loop
// thread only.
class Timer : public boost::intrusive::set_base_hook<
                  boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
 public:
  Timer() = default;
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  bool armed() const { return is_linked(); }
  void Cancel() { unlink(); }

 protected:
  virtual ~Timer() = default;

 private:
  friend class EventLoop;
  friend bool operator<(const Timer& a, const Timer& b) { return a.when_ < b.when_; }

  virtual void OnTimer() = 0;

  TimePoint when_{};
};

// One thread that owns all changing state. Code on it needs no lock and must never block.
//
// This class has the queues: posted tasks, coroutines that are ready to resume, timers. EpollLoop
// adds the thread and the file descriptors; tests use a FakeLoop with a clock that they advance.
//
// Each turn of the loop polls descriptors, resumes the coroutines that this woke, runs the tasks
// that were posted before the turn, and then timers. So a stream of tasks never starves descriptors
// and timers, and received data is handled before a timer that expired meanwhile, even when the
// thread had no CPU for long.
class EventLoop {
 public:
  using Task = absl::AnyInvocable<void()>;

  EventLoop() = default;
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;
  virtual ~EventLoop() = default;

  virtual TimePoint Now() const = 0;

  // Runs `task` on the loop thread, after the tasks posted before it. Any thread.
  void Post(Task task);

  // Resumes a suspended coroutine later in this turn, never within this call, because the coroutine
  // may destroy the caller's object. Loop thread only.
  void Resume(std::coroutine_handle<> coroutine) { ready_.push_back(coroutine); }

  // Arms `timer`, or moves it when it is armed. Loop thread only.
  void Start(Timer& timer, TimePoint when);

 protected:
  // One turn: ready coroutines, one batch of posted tasks, and the timers that were due at
  // `polled`, the moment before the descriptors were last asked: a later one could run before an
  // answer that is there already. False: there was nothing to run.
  bool RunTurn(TimePoint polled);

  // Runs turns until nothing is left that can run without waiting.
  void RunDue();

  // When the next timer fires; nullopt without one.
  std::optional<TimePoint> NextTimer() const;

  // Announces that the thread is about to sleep. False: a task was posted meanwhile, do not sleep.
  bool PrepareToSleep();

 private:
  // Called from Post, at most once per PrepareToSleep, when the thread may be asleep.
  virtual void Wake() = 0;

  bool RunPosted();
  bool RunReady();
  bool RunTimers(TimePoint due);

  boost::intrusive::multiset<Timer, boost::intrusive::constant_time_size<false>> timers_;
  std::vector<std::coroutine_handle<>> ready_;
  std::vector<std::coroutine_handle<>> running_;
  std::vector<Task> posted_batch_;

  std::mutex mutex_;
  std::vector<Task> posted_;  // guarded by mutex_
  bool sleeping_ = false;     // guarded by mutex_
};

}  // namespace modelgates::gateway
