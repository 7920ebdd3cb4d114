#pragma once

#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <optional>
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

}  // namespace modelgates::gateway
