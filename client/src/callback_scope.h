#pragma once

#include <memory>

namespace modelgates::oauth {

// Marks this thread, one of gRPC's, as running a callback while the object exists.
class CallbackScope {
 public:
  CallbackScope();
  CallbackScope(const CallbackScope&) = delete;
  CallbackScope& operator=(const CallbackScope&) = delete;
  ~CallbackScope();
};

// Releases `object`, on another thread when this one runs a callback.
//
// If the last channel is destroyed on a callback thread, gRPC 1.51 joins that thread with itself
// and deletes the queue that it reads, which sometimes ends the program.
void LetGoOutsideOfCallbacks(std::shared_ptr<void> object);

}  // namespace modelgates::oauth
