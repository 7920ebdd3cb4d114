#pragma once

#include <memory>

namespace modelgates::gateway {

// From now on, a signal that ends the process first writes the lines of the log that wait
// (base/line_batch.h). What the signal did before, it does afterwards. To be called once, before
// there are other threads.
void WriteLastLinesOnFatalSignals();

// A stack for the signal handlers of one thread, so that they also run when the thread's own stack
// is used up. Of the thread that makes it, which also destroys it.
class SignalStack {
 public:
  SignalStack();
  SignalStack(const SignalStack&) = delete;
  SignalStack& operator=(const SignalStack&) = delete;
  ~SignalStack();

 private:
  const std::unique_ptr<char[]> stack_;
};

}  // namespace modelgates::gateway
