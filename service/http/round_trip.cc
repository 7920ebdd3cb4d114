#include "http/round_trip.h"

#include <fmt/format.h>

#include <cstring>

namespace modelgates::gateway {
RoundTrip::RoundTrip(const RequestBytes& request, Connection& connection, std::span<char> scratch,
                     size_t max_body_bytes)
    : request_(request),
      size_(request.bytes.size()),
      head_size_(request.head_size),
      connection_(connection),
      scratch_(scratch),
      parser_(max_body_bytes) {}

RoundTrip::Progress RoundTrip::Advance() {
  if (!sent_all() && !cannot_send_) {
    const Progress progress = Send();
    if (progress != Progress::kWaiting) return progress;
  }
  if (connection_.readable() || cannot_send_) return Receive();
  return Progress::kWaiting;
}

RoundTrip::Progress RoundTrip::Send() {
  const std::string_view rest = std::string_view(request_.bytes).substr(sent_);
  const IoResult result = connection_.Send(rest);
  sent_ += result.bytes;
  if (result.io == Io::kDone) return Progress::kWaiting;
  if (connection_.MayHaveSent(result, rest.size())) maybe_sent_ = true;
  if (result.io == Io::kWouldBlock) return Progress::kWaiting;
  why_ = connection_.Error();
  if (sent_ == 0 && !maybe_sent_) return Progress::kUnsent;
  // An upstream may answer and close the connection before it has read the whole request: its
  // answer can still be received.
  cannot_send_ = true;
  return Progress::kWaiting;
}

RoundTrip::Progress RoundTrip::Receive() {
  for (;;) {
    const IoResult result = connection_.Receive(scratch_);
    ResponseParser::State state = ResponseParser::State::kNeedMore;
    switch (result.io) {
      case Io::kDone:
        heard_ += result.bytes;
        state = parser_.Put({scratch_.data(), result.bytes});
        explicit_bzero(scratch_.data(), result.bytes);  // it may have held a key
        break;
      case Io::kWouldBlock:
        return cannot_send_ ? Fail(TransportFailure::kReset, why_) : Progress::kWaiting;
      case Io::kClosed:
        if (parser_.PutEnd() == ResponseParser::State::kComplete) return Progress::kAnswered;
        return Fail(Broken(), "the peer closed the connection");
      case Io::kBroken:
        return Fail(Broken(), connection_.Error());
    }
    if (state == ResponseParser::State::kGarbage) {
      return Fail(TransportFailure::kGarbage, fmt::format("no HTTP/1.x: {}", parser_.error()));
    }
    if (state == ResponseParser::State::kComplete) return Finish();
    if (!connection_.readable() && !cannot_send_) return Progress::kWaiting;
  }
}

RoundTrip::Progress RoundTrip::Finish() {
  reusable_ = parser_.keeps_connection() && sent_all();
  // Bytes after an answer would be read as the next answer.
  if (reusable_ && connection_.readable()) {
    reusable_ = connection_.Receive(scratch_).io == Io::kWouldBlock;
  }
  return Progress::kAnswered;
}

TransportFailure RoundTrip::Broken() const {
  return parser_.started() ? TransportFailure::kTruncated : TransportFailure::kReset;
}

RoundTrip::Progress RoundTrip::Fail(TransportFailure failure, std::string why) {
  failure_ = failure;
  why_ = std::move(why);
  return Progress::kFailed;
}

std::string RoundTrip::Phase() const {
  if (heard_ > 0) return fmt::format("within the answer, after {} bytes of it", heard_);
  if (sent_all()) return "before the answer, with all of the request sent";
  return fmt::format("within the request, with {} of {} bytes sent", sent_, size_);
}

TransportError RoundTrip::Error(TransportFailure failure, std::string_view why) const {
  const int status = parser_.status();
  return {.failure = failure,
          .delivery = status != 0 ? Delivery::kAnswered : delivery(),
          .http_status = status,
          .cause = fmt::format("{}: {}, {}", connection_.Peer(), why, Phase())};
}

Delivery RoundTrip::delivery() const {
  // A request without a body is complete with the end of its head.
  const size_t harmless = head_size_ < size_ ? head_size_ : head_size_ - 1;
  return maybe_sent_ || sent_ > harmless ? Delivery::kMaybe : Delivery::kNever;
}

}  // namespace modelgates::gateway
