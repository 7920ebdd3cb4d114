#pragma once

#include <coroutine>
#include <exception>
#include <optional>
#include <utility>

namespace modelgates::gateway {

// A coroutine that computes a T on the event loop. It starts when awaited and resumes its awaiter
// when done. Exceptions are not errors here: one that escapes ends the program.
template <class T>
class [[nodiscard]] Task;

namespace task_internal {

class PromiseBase {
 public:
  std::suspend_always initial_suspend() noexcept { return {}; }
  auto final_suspend() noexcept { return FinalAwaiter{}; }
  void unhandled_exception() noexcept { std::terminate(); }
  void set_continuation(std::coroutine_handle<> continuation) { continuation_ = continuation; }

 private:
  struct FinalAwaiter {
    bool await_ready() noexcept { return false; }
    template <class Promise>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> done) noexcept {
      return done.promise().continuation_;
    }
    void await_resume() noexcept {}
  };

  std::coroutine_handle<> continuation_ = std::noop_coroutine();
};

template <class T>
class Promise : public PromiseBase {
 public:
  Task<T> get_return_object();
  template <class Value = T>
  void return_value(Value&& value) {
    value_.emplace(std::forward<Value>(value));
  }
  // Not a copy, which would take room in the frame of the awaiting coroutine.
  T&& Take() { return std::move(*value_); }

 private:
  std::optional<T> value_;
};

template <>
class Promise<void> : public PromiseBase {
 public:
  Task<void> get_return_object();
  void return_void() {}
  void Take() {}
};

}  // namespace task_internal

template <class T>
class [[nodiscard]] Task {
 public:
  using promise_type = task_internal::Promise<T>;

  explicit Task(std::coroutine_handle<promise_type> coroutine) : coroutine_(coroutine) {}
  Task(Task&& other) noexcept : coroutine_(std::exchange(other.coroutine_, nullptr)) {}
  Task& operator=(Task&&) = delete;
  ~Task() {
    if (coroutine_) coroutine_.destroy();
  }

  bool await_ready() const noexcept { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> awaiter) noexcept {
    coroutine_.promise().set_continuation(awaiter);
    return coroutine_;
  }
  // The result is moved out of the task, or lives as long as that.
  decltype(auto) await_resume() { return coroutine_.promise().Take(); }

 private:
  std::coroutine_handle<promise_type> coroutine_;
};

namespace task_internal {

template <class T>
Task<T> Promise<T>::get_return_object() {
  return Task<T>(std::coroutine_handle<Promise<T>>::from_promise(*this));
}

inline Task<void> Promise<void>::get_return_object() {
  return Task<void>(std::coroutine_handle<Promise<void>>::from_promise(*this));
}

struct Detached {
  struct promise_type {
    Detached get_return_object() noexcept { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() noexcept {}
    void unhandled_exception() noexcept { std::terminate(); }
  };
};

inline Detached RunDetached(Task<void> task) { co_await task; }

}  // namespace task_internal

// Runs `task` up to its first wait; it then continues on the loop, detached.
inline void Spawn(Task<void> task) { task_internal::RunDetached(std::move(task)); }

}  // namespace modelgates::gateway
