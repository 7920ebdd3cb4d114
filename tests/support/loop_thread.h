#pragma once

#include <chrono>
#include <functional>
#include <future>
#include <thread>
#include <utility>

#include "base/epoll_loop.h"
#include "base/task.h"

namespace modelgates::gateway {

// A real loop in a thread of its own, driven from the test's thread.
class LoopThread {
 public:
  LoopThread() : thread_([this] { loop_.Run(); }) {}
  LoopThread(const LoopThread&) = delete;
  LoopThread& operator=(const LoopThread&) = delete;
  ~LoopThread() {
    loop_.Stop();
    thread_.join();
  }

  EpollLoop& loop() { return loop_; }

  // Runs `task` on the loop thread and waits for it.
  void On(const std::function<void()>& task) {
    std::promise<void> done;
    loop_.Post([&] {
      task();
      done.set_value();
    });
    done.get_future().wait();
  }

  // Makes a Task on the loop thread and starts it.
  template <class T>
  std::future<T> Start(std::function<Task<T>()> make) {
    std::promise<T> promise;
    std::future<T> future = promise.get_future();
    loop_.Post([make = std::move(make), promise = std::move(promise)]() mutable {
      Spawn(Finish<T>(std::move(make), std::move(promise)));
    });
    return future;
  }

  // The same, and waits for its end.
  template <class T>
  T Await(std::function<Task<T>()> make) {
    return Start<T>(std::move(make)).get();
  }

 private:
  template <class T>
  static Task<void> Finish(std::function<Task<T>()> make, std::promise<T> promise) {
    Task<T> task = make();
    T result = co_await task;
    promise.set_value(std::move(result));
  }

  EpollLoop loop_;
  std::thread thread_;
};

}  // namespace modelgates::gateway
