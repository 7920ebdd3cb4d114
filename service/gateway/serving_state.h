#pragma once

#include <functional>
#include <mutex>

namespace modelgates::gateway {

// What the gateway says of itself to probes and balancers: it serves while its loop turns and no
// drain has begun. A drain is never taken back. Any thread.
class ServingState {
 public:
  // Told every change, one at a time, in order.
  using Changed = std::function<void(bool serving)>;
  explicit ServingState(Changed changed);

  // From now on it serves, unless it drains.
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
