#include "gateway/serving_state.h"

#include <utility>

namespace modelgates::gateway {

ServingState::ServingState(Changed changed) : changed_(std::move(changed)) {}

void ServingState::Start() {
  const std::lock_guard lock(mutex_);
  started_ = true;
  Update();
}

void ServingState::SetLoopTurns(bool turns) {
  const std::lock_guard lock(mutex_);
  loop_turns_ = turns;
  Update();
}

void ServingState::StartDraining() {
  const std::lock_guard lock(mutex_);
  draining_ = true;
  Update();
}

bool ServingState::serving() const {
  const std::lock_guard lock(mutex_);
  return serving_;
}

void ServingState::Update() {
  const bool serving = started_ && loop_turns_ && !draining_;
  if (std::exchange(serving_, serving) != serving) changed_(serving);
}

}  // namespace modelgates::gateway
