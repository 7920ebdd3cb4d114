#pragma once

#include <boost/intrusive/list.hpp>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/event_loop.h"
#include "base/wait_point.h"
#include "http/http.h"
#include "http/http2_answer.h"

namespace modelgates::gateway {

class Http2Session;

// One request and its answer on HTTP/2. The call that waits for it owns it; meanwhile it waits in
// the pool's queue, or a session carries it on a stream. Destroying it resets the stream.
class Http2RoundTrip final : public boost::intrusive::list_base_hook<
                                 boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
 public:
  enum class State : uint8_t {
    kRunning,   // waits for a stream or for its answer
    kAnswered,  // see TakeAnswer
    kFailed,    // see TakeError
    kHttp1,     // nothing was sent: the upstream speaks HTTP/1.1
  };
  // What it accepts; kNew: a connection that was made after the last one that was lost.
  enum class Need : uint8_t { kAny, kNew };

  // `request` and `observer`, which may be null, must outlive it.
  Http2RoundTrip(EventLoop& loop, const HttpRequest& request, SendObserver* observer,
                 size_t max_body_bytes, Need need);
  Http2RoundTrip(const Http2RoundTrip&) = delete;
  Http2RoundTrip& operator=(const Http2RoundTrip&) = delete;
  ~Http2RoundTrip();

  // Notified when `state` is no longer kRunning.
  WaitPoint& done() { return done_; }
  State state() const { return state_; }
  Need need() const { return need_; }

  HttpResponse TakeAnswer() { return answer_.Take(); }
  TransportError TakeError() { return std::move(error_); }
  // After kFailed: the upstream cannot have acted on it, and it was the connection that ended, so
  // it can be sent on another one at once.
  bool resendable() const { return resendable_; }
  // The error to report for a `failure` outside of the session, at the current progress.
  TransportError Error(TransportFailure failure, std::string_view why) const;

  // It ends without an answer. Only while it is in no session.
  void Fail(TransportError error);
  void FallBack() { End(State::kHttp1); }

 private:
  friend class Http2Events;
  friend class Http2Session;

  void End(State state);
  // The next bytes of the body, at most `room`.
  std::string_view NextOfBody(size_t room);
  bool sent_all() const { return taken_ == request_.body().size(); }
  Delivery delivery() const;
  std::string Phase() const;

  const HttpRequest& request_;
  SendObserver* const observer_;
  const Need need_;
  State state_ = State::kRunning;
  WaitPoint done_;
  Http2Answer answer_;
  TransportError error_{TransportFailure::kCancelled, Delivery::kNever};
  bool resendable_ = false;

  // Of the session.
  Http2Session* session_ = nullptr;  // null: it waits, or has ended
  int32_t stream_ = 0;
  bool reused_ = false;   // the connection had carried an answer before
  bool exposed_ = false;  // the upstream may be able to act on it
  bool reset_by_peer_ = false;
  size_t taken_ = 0;  // bytes of the body, to be sent
};

}  // namespace modelgates::gateway
