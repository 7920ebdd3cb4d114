#pragma once

#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <utility>

#include "base/event_loop.h"

namespace modelgates::gateway {

// What `question` returns on the loop, asked from another thread. nullopt: the loop did not get to
// it within a second; it still may, so `question` must not refer to the caller's frame.
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

// Runs `task` there. False: the loop did not get to it within a second; it still may.
inline bool RunOnLoop(EventLoop& loop, std::function<void()> task) {
  return AskLoop(loop,
                 [task = std::move(task)] {
                   task();
                   return true;
                 })
      .has_value();
}

}  // namespace modelgates::gateway
