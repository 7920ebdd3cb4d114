#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "http/connection.h"
#include "http/http.h"
#include "http/response_parser.h"

namespace modelgates::gateway {

// The bytes of one request, head and body in one piece. Wiped when it is destroyed.
struct RequestBytes {
  std::string bytes;
  size_t head_size = 0;

  RequestBytes() = default;
  RequestBytes(const RequestBytes&) = delete;
  RequestBytes& operator=(const RequestBytes&) = delete;
  ~RequestBytes() { Wipe(bytes); }
};

// The progress of one request and its answer on one connection. Sends and receives without waiting;
// the caller waits.
class RoundTrip {
 public:
  enum class Progress {
    kWaiting,   // call Advance again when the connection is ready
    kAnswered,  // see TakeAnswer
    kFailed,    // see Error
    kUnsent,    // the connection was closed before the kernel accepted a byte
  };

  // `connection` and `scratch` must outlive it, and `request` until all of it was sent.
  RoundTrip(const RequestBytes& request, Connection& connection, std::span<char> scratch,
            size_t max_body_bytes);

  Progress Advance();

  bool sent_all() const { return sent_ == size_; }
  // No byte was received, not even of an interim answer.
  bool no_response_bytes() const { return heard_ == 0; }

  // The connection may carry another request.
  bool reusable() const { return reusable_; }
  std::optional<std::chrono::seconds> idle_hint() const { return parser_.idle_hint(); }
  HttpResponse TakeAnswer() { return parser_.Take(); }

  // The error after kFailed and kUnsent.
  TransportError Error() const { return Error(failure_, why_); }
  // The error to report for a `failure` outside of this class, at the current progress.
  TransportError Error(TransportFailure failure, std::string_view why) const;

 private:
  Progress Send();
  Progress Receive();
  Progress Finish();
  Progress Fail(TransportFailure failure, std::string why);
  TransportFailure Broken() const;
  std::string Phase() const;
  Delivery delivery() const;

  const RequestBytes& request_;
  const size_t size_;       // of the request
  const size_t head_size_;  // of it
  Connection& connection_;
  std::span<char> scratch_;
  ResponseParser parser_;

  size_t sent_ = 0;           // bytes that the kernel certainly accepted
  bool maybe_sent_ = false;   // more bytes of the body may have been accepted
  bool cannot_send_ = false;  // sending failed; an answer may still arrive
  size_t heard_ = 0;          // bytes that were received
  bool reusable_ = false;
  TransportFailure failure_ = TransportFailure::kReset;
  std::string why_;
};

}  // namespace modelgates::gateway
