#pragma once

#include <utility>

#include "base/event_loop.h"
#include "base/task.h"
#include "base/wait_point.h"
#include "http/http.h"

namespace modelgates::gateway {

// A transport for measurements: it answers on request, and copies and records nothing, so it needs
// one allocation, the frame of its coroutine. One send at a time. Use ScriptedTransport to check
// what was sent. Loop thread only.
class PreparedTransport final : public HttpTransport {
 public:
  explicit PreparedTransport(EventLoop& loop) : point_(loop) {}

  // Ends the send under way with `answer`, or the next one as soon as it begins.
  void AnswerWith(HttpResponse answer) {
    answer_ = std::move(answer);
    point_.Notify();
  }

  Task<HttpResult> Send(const HttpRequest& /*request*/, SendOptions options) override {
    if (options.observer != nullptr) {
      options.observer->OnSendProgress(SendProgress::kBytesOffered);
    }
    const WaitPoint::Result woken = co_await point_.Wait(options.deadline, options.stop);
    if (woken == WaitPoint::Result::kStopped) {
      co_return TransportError{TransportFailure::kCancelled, Delivery::kMaybe};
    }
    if (woken == WaitPoint::Result::kDeadline) {
      co_return TransportError{TransportFailure::kTimeout, Delivery::kMaybe};
    }
    co_return std::move(answer_);
  }

 private:
  WaitPoint point_;
  HttpResponse answer_;
};

}  // namespace modelgates::gateway
