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

// Lets go of `object`: on another thread when this one runs a callback.
//
// Where the last channel goes on a callback thread, gRPC 1.51 joins that thread by itself and
// deletes the queue that it reads, which ends the program now and then.
void LetGoOutsideOfCallbacks(std::shared_ptr<void> object);

}  // namespace modelgates::oauth
