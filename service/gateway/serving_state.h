#pragma once

#include <functional>
#include <mutex>

namespace modelgates::gateway {

// The state that probes and load balancers see: serving while the loop turns and no drain has
// begun. A drain is final. Any thread.
class ServingState {
 public:
  // Called for every change, one at a time, in order.
  using Changed = std::function<void(bool serving)>;
  explicit ServingState(Changed changed);

  // Sets the state to serving, unless a drain has begun.
  void Start();
  void SetLoopTurns(bool turns);
  void StartDraining();

  bool serving() const;

 private:
  void Update();

  const Changed changed_;
  mutable std::mutex mutex_;
  bool started_ = false;
  bool loop_turns_ = true;
  bool draining_ = false;
  bool serving_ = false;
};

}  // namespace modelgates::gateway
