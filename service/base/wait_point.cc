#include "base/wait_point.h"

#include <utility>

namespace modelgates::gateway {

void WaitPoint::Notify() {
  notified_ = true;
  Complete(Result::kNotified);
}

bool WaitPoint::ReadyAtOnce(const std::stop_token& stop) {
  if (stop.stop_requested()) {
    result_ = Result::kStopped;
  } else if (notified_) {
    result_ = Result::kNotified;
  } else {
    return false;
  }
  return true;
}

void WaitPoint::Suspend(std::coroutine_handle<> coroutine, TimePoint deadline,
                        const std::stop_token& stop) {
  waiting_ = coroutine;
  if (deadline != TimePoint::max()) loop_.Start(*this, deadline);
  if (stop.stop_possible()) on_stop_.emplace(stop, OnStop{this});
}

void WaitPoint::Complete(Result result) {
  if (!waiting_) return;
  result_ = result;
  Cancel();
  loop_.Resume(std::exchange(waiting_, nullptr));
}

WaitPoint::Result WaitPoint::Finish() {
  on_stop_.reset();
  if (result_ == Result::kNotified) notified_ = false;
  return result_;
}

}  // namespace modelgates::gateway
