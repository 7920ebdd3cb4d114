#include "http/http2_round_trip.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "http/http2_session.h"

namespace modelgates::gateway {

Http2RoundTrip::Http2RoundTrip(EventLoop& loop, const HttpRequest& request, SendObserver* observer,
                               size_t max_body_bytes, Need need)
    : request_(request), observer_(observer), need_(need), done_(loop), answer_(max_body_bytes) {}

Http2RoundTrip::~Http2RoundTrip() {
  if (session_ != nullptr) session_->Leave(*this);
}

void Http2RoundTrip::End(State state) {
  state_ = state;
  unlink();
  done_.Notify();
}

void Http2RoundTrip::Fail(TransportError error) {
  error_ = std::move(error);
  End(State::kFailed);
}

std::string_view Http2RoundTrip::NextOfBody(size_t room) {
  const std::string_view next = request_.body().substr(taken_, room);
  taken_ += next.size();
  return next;
}

// The rule of RoundTrip: the head of a request with a body is harmless, because the upstream cannot
// act on it alone.
Delivery Http2RoundTrip::delivery() const {
  if (answer_.status() != 0) return Delivery::kAnswered;
  return exposed_ ? Delivery::kMaybe : Delivery::kNever;
}

std::string Http2RoundTrip::Phase() const {
  if (answer_.started()) return "within the answer";
  if (session_ == nullptr) return "before a stream was free";
  if (exposed_ && sent_all()) return "before the answer, with all of the request sent";
  return fmt::format("within the request, with {} of {} bytes of its body sent", taken_,
                     request_.body().size());
}

TransportError Http2RoundTrip::Error(TransportFailure failure, std::string_view why) const {
  const std::string peer = session_ == nullptr ? std::string() : session_->peer() + ": ";
  return {.failure = failure,
          .delivery = delivery(),
          .http_status = answer_.status(),
          .cause = fmt::format("{}{}, {}", peer, why, Phase())};
}

}  // namespace modelgates::gateway
