#pragma once

#include <coroutine>
#include <exception>

namespace modelgates::gateway {

// The return type of a coroutine that starts at once and is not awaited.
struct FakeCoroutine {
  struct promise_type {
    FakeCoroutine get_return_object() { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }
  };
};

}  // namespace modelgates::gateway
