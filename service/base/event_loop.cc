#include "base/event_loop.h"

#include <utility>

namespace modelgates::gateway {

void EventLoop::Post(Task task) {
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    posted_.push_back(std::move(task));
    wake = std::exchange(sleeping_, false);
  }
  if (wake) Wake();
}

void EventLoop::Start(Timer& timer, TimePoint when) {
  timer.Cancel();
  timer.when_ = when;
  timers_.insert(timer);
}

bool EventLoop::RunTurn(TimePoint polled) {
  bool ran = RunReady();
  ran |= RunPosted();
  ran |= RunTimers(polled);
  ran |= RunReady();
  return ran;
}

void EventLoop::RunDue() {
  while (RunTurn(Now())) continue;
}

std::optional<TimePoint> EventLoop::NextTimer() const {
  if (timers_.empty()) return std::nullopt;
  return timers_.begin()->when_;
}

bool EventLoop::PrepareToSleep() {
  const std::lock_guard lock(mutex_);
  sleeping_ = posted_.empty();
  return sleeping_;
}

bool EventLoop::RunPosted() {
  {
    const std::lock_guard lock(mutex_);
    sleeping_ = false;
    posted_batch_.swap(posted_);
  }
  if (posted_batch_.empty()) return false;
  for (Task& task : posted_batch_) {
    task();
    RunReady();
  }
  posted_batch_.clear();
  return true;
}

bool EventLoop::RunReady() {
  bool ran = false;
  while (!ready_.empty()) {
    ran = true;
    running_.swap(ready_);
    for (const std::coroutine_handle<> coroutine : running_) coroutine.resume();
    running_.clear();
  }
  return ran;
}

bool EventLoop::RunTimers(TimePoint due) {
  bool ran = false;
  while (!timers_.empty() && timers_.begin()->when_ <= due) {
    Timer& timer = *timers_.begin();
    timer.Cancel();
    timer.OnTimer();
    ran = true;
  }
  return ran;
}

}  // namespace modelgates::gateway
