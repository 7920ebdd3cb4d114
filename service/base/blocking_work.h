#pragma once

#include <absl/functional/any_invocable.h>

#include <memory>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include "base/event_loop.h"
#include "base/secret.h"

namespace modelgates::gateway {

// Runs work that blocks on a thread of its own and returns its result to the loop. One piece of
// work at a time.
//
// The destructor does not wait for the thread, which then ends by itself; its result is dropped. So
// the work must own all that it uses. Loop thread only; the loop must outlive this object.
template <class T>
class BlockingWork {
 public:
  explicit BlockingWork(EventLoop& loop) : state_(std::make_shared<State>(loop)) {}
  BlockingWork(const BlockingWork&) = delete;
  BlockingWork& operator=(const BlockingWork&) = delete;
  ~BlockingWork() {
    const std::lock_guard lock(state_->mutex);
    state_->loop = nullptr;
  }

  bool running() const { return state_->running; }

  // Calls `done` with the result on the loop, unless this object was destroyed. False: the system
  // has no thread for it; `done` is not called.
  bool Start(absl::AnyInvocable<T()> work, absl::AnyInvocable<void(T)> done) {
    try {
      std::thread([state = state_, work = std::move(work), done = std::move(done)]() mutable {
        T result = work();
        // The work may have read a secret, and the stack of a thread outlives it.
        WipeStack();
        Return(std::move(state), std::move(result), std::move(done));
      }).detach();
    } catch (const std::system_error&) {
      return false;
    }
    state_->running = true;
    return true;
  }

 private:
  struct State {
    explicit State(EventLoop& its_loop) : loop(&its_loop) {}
    std::mutex mutex;
    EventLoop* loop;       // guarded by mutex; null: the result is dropped
    bool running = false;  // loop thread only
  };

  static void Return(std::shared_ptr<State> state, T result, absl::AnyInvocable<void(T)> done) {
    State& shared = *state;
    const std::lock_guard lock(shared.mutex);
    if (shared.loop == nullptr) return;
    shared.loop->Post([state, result = std::move(result), done = std::move(done)]() mutable {
      {
        const std::lock_guard again(state->mutex);
        if (state->loop == nullptr) return;
      }
      state->running = false;
      done(std::move(result));
    });
  }

  const std::shared_ptr<State> state_;
};

}  // namespace modelgates::gateway
