#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/event_loop.h"
#include "base/task.h"
#include "base/wait_point.h"
#include "http/http.h"

namespace modelgates::gateway {

// A transport without a network: each send takes the next result of the script and gives it after
// that step's delay, on the loop's time. It keeps to HttpTransport's contract: the deadline ends a
// send with kTimeout, a stop request with kCancelled, and reports kBytesOffered when the upstream
// gets to see the request. It does not, in a step whose result is a TransportError of
// Delivery::kNever. Loop thread only.
class ScriptedTransport final : public HttpTransport {
 public:
  struct Sent {
    TimePoint at;
    TimePoint deadline;
    std::string path;
    std::string headers;
    std::string body;
    bool fresh_connection;
  };

  // A delay that no answer follows.
  static constexpr Duration kSilence = Duration::max();

  explicit ScriptedTransport(EventLoop& loop) : loop_(loop) {}

  // Appends a step.
  ScriptedTransport& Then(HttpResult result, Duration delay = {}) {
    script_.push_back({std::move(result), delay});
    return *this;
  }

  // What every send beyond the script gets. Without this, such a send fails the test.
  void Otherwise(HttpResult result, Duration delay = {}) {
    otherwise_ = Step{std::move(result), delay};
  }

  // Everything sent so far, oldest first.
  const std::vector<Sent>& sends() const { return sends_; }
  int in_flight() const { return in_flight_; }
  // The most sends that were ever under way at once.
  int most_in_flight() const { return most_in_flight_; }

  Task<HttpResult> Send(const HttpRequest& request, SendOptions options) override {
    const Step step = NextStep();
    const TimePoint at = loop_.Now();
    sends_.push_back({at, options.deadline, std::string(request.path()),
                      std::string(request.headers()), std::string(request.body()),
                      options.fresh_connection});
    if (options.stop.stop_requested()) {
      co_return TransportError{TransportFailure::kCancelled, Delivery::kNever};
    }
    const bool seen = IsSeen(step.result);
    if (seen && options.observer != nullptr) {
      options.observer->OnSendProgress(SendProgress::kBytesOffered);
    }

    most_in_flight_ = std::max(most_in_flight_, ++in_flight_);
    const TimePoint answer =
        step.delay < TimePoint::max() - at ? at + step.delay : TimePoint::max();
    WaitPoint point(loop_);
    const TimePoint until = std::min(answer, options.deadline);
    const WaitPoint::Result woken = co_await point.Wait(until, options.stop);
    --in_flight_;

    const Delivery delivery = seen ? Delivery::kMaybe : Delivery::kNever;
    if (woken == WaitPoint::Result::kStopped) {
      co_return TransportError{TransportFailure::kCancelled, delivery};
    }
    if (answer > options.deadline) {
      co_return TransportError{TransportFailure::kTimeout, delivery};
    }
    co_return step.result;
  }

 private:
  struct Step {
    HttpResult result;
    Duration delay;
  };

  static bool IsSeen(const HttpResult& result) {
    const auto* error = std::get_if<TransportError>(&result);
    return error == nullptr || error->delivery != Delivery::kNever;
  }

  Step NextStep() {
    if (script_.empty()) {
      if (otherwise_) return *otherwise_;
      ADD_FAILURE() << "send " << sends_.size() + 1 << " is not in the script";
      return {TransportError{TransportFailure::kGarbage, Delivery::kMaybe}, {}};
    }
    Step step = std::move(script_.front());
    script_.pop_front();
    return step;
  }

  EventLoop& loop_;
  std::deque<Step> script_;
  std::optional<Step> otherwise_;
  std::vector<Sent> sends_;
  int in_flight_ = 0;
  int most_in_flight_ = 0;
};

// An answer with this status and nothing else.
inline HttpResponse Answer(int http_status) {
  HttpResponse response;
  response.status = http_status;
  return response;
}

inline HttpResponse AnswerWithRetryAfter(int http_status, std::string retry_after) {
  HttpResponse response = Answer(http_status);
  response.retry_after = std::move(retry_after);
  return response;
}

// Connection refused: nothing was sent.
inline TransportError Refused() { return {TransportFailure::kConnect, Delivery::kNever}; }

// The connection was reset after the request had gone out.
inline TransportError Reset() { return {TransportFailure::kReset, Delivery::kMaybe}; }

// The same on a connection that had carried a request before.
inline TransportError Stale(Delivery delivery = Delivery::kMaybe) {
  return {TransportFailure::kReset, delivery, 0, true};
}

}  // namespace modelgates::gateway
