#pragma once

#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <thread>
#include <utility>

#include "base/event_loop.h"

namespace modelgates::gateway {

// Runs `question` on the loop and returns its result to another thread. nullopt: it did not run
// within a second. It may run later, so `question` must not refer to the caller's stack.
template <class Question>
auto AskLoop(EventLoop& loop, Question question) -> std::optional<decltype(question())> {
  constexpr std::chrono::seconds kAnswerTime{1};
  auto answer = std::make_shared<std::promise<decltype(question())>>();
  auto future = answer->get_future();
  loop.Post([question = std::move(question), answer = std::move(answer)]() mutable {
    answer->set_value(question());
  });
  if (future.wait_for(kAnswerTime) != std::future_status::ready) return std::nullopt;
  return future.get();
}

// Runs `task` on the loop. False: it did not run within a second; it may run later.
inline bool RunOnLoop(EventLoop& loop, std::function<void()> task) {
  return AskLoop(loop,
                 [task = std::move(task)] {
                   task();
                   return true;
                 })
      .has_value();
}

// Until `holds` is true on the loop; asks every 10 ms. False: not within `patience`.
template <class Holds>
bool WaitForLoop(EventLoop& loop, Duration patience, Holds holds) {
  constexpr std::chrono::milliseconds kInterval{10};
  const TimePoint deadline = loop.Now() + patience;
  while (!AskLoop(loop, holds).value_or(false)) {
    if (loop.Now() >= deadline) return false;
    std::this_thread::sleep_for(kInterval);
  }
  return true;
}

}  // namespace modelgates::gateway
