#pragma once

#include <sys/epoll.h>

#include <atomic>
#include <cstdint>
#include <vector>

#include "base/event_loop.h"

namespace modelgates::gateway {

// Handles the events of a watched file descriptor, on the loop thread.
class FdHandler {
 public:
  // `events`: EPOLLIN, EPOLLOUT, EPOLLRDHUP, EPOLLHUP, EPOLLERR. Level-triggered.
  virtual void OnEvents(uint32_t events) = 0;

 protected:
  ~FdHandler() = default;
};

// The real loop: sleeps in epoll_wait until a descriptor is ready, a timer is due or a task is
// posted. A wakeup costs one eventfd write, and only when the thread really sleeps.
class EpollLoop final : public EventLoop {
 public:
  EpollLoop();
  ~EpollLoop() override;

  TimePoint Now() const override { return std::chrono::steady_clock::now(); }

  // `ended` is called at the end of each turn. Before Run.
  void OnTurnEnd(Task ended) { turn_ended_ = std::move(ended); }

  // Runs until Stop. The thread that calls it is the loop thread.
  void Run();

  // Ends Run after the current turn. Any thread.
  void Stop();

  // Watches `fd` for `events` until Unwatch. The handler must outlive that. Loop thread only.
  void Watch(int fd, uint32_t events, FdHandler& handler);
  void Rewatch(int fd, uint32_t events, FdHandler& handler);
  // After this the handler is not called again, not even for events already fetched.
  void Unwatch(int fd, FdHandler& handler);

 private:
  void Wake() override;
  // Calls the handlers of ready descriptors. False: there may be more events, or epoll was not
  // polled.
  bool Poll(int timeout_ms);
  // `now`: taken before; -1 sleeps until something happens.
  int SleepMilliseconds(TimePoint now);

  int epoll_fd_;
  int wake_fd_;
  std::atomic<bool> stop_{false};
  Task turn_ended_ = [] {};

  // The events of this turn, so that Unwatch can remove those that were fetched but not handled
  // yet.
  std::vector<epoll_event> events_;
  int fetched_ = 0;
};

}  // namespace modelgates::gateway
