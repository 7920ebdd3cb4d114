#pragma once

#include <memory>

namespace modelgates::oauth {

// This thread is one of gRPC's and runs a callback, as long as the object lives.
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
