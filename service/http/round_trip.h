#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "http/connection.h"
#include "http/http.h"
#include "http/response_parser.h"

namespace modelgates::gateway {

// What goes over the wire for one request, head and body in one piece. Wiped with it.
struct RequestBytes {
  std::string bytes;
  size_t head_size = 0;

  RequestBytes() = default;
  RequestBytes(const RequestBytes&) = delete;
  RequestBytes& operator=(const RequestBytes&) = delete;
  ~RequestBytes() { Wipe(bytes); }
};

// One request and its answer on one connection: all that is known about how far they came. Sends
// and receives as far as that goes without waiting; who calls it does the waiting.
class RoundTrip {
 public:
  enum class Progress {
    kWaiting,   // call Advance again when the connection is ready
    kAnswered,  // see TakeAnswer
    kFailed,    // see Error
    kUnsent,    // the connection was dead before it took a single byte
  };

  // `request`, `connection` and `scratch` must outlive it.
  RoundTrip(const RequestBytes& request, Connection& connection, std::span<char> scratch,
            size_t max_body_bytes);

  Progress Advance();

  // Not one byte came back, not even of an interim answer.
  bool unheard() const { return heard_ == 0; }

  // The connection may carry another request.
  bool reusable() const { return reusable_; }
  std::optional<std::chrono::seconds> idle_hint() const { return parser_.idle_hint(); }
  HttpResponse TakeAnswer() { return parser_.Take(); }

  // The error after kFailed and kUnsent.
  TransportError Error() const { return Error(failure_, why_); }
  // The error to report when `failure` comes from outside, at this point of the exchange.
  TransportError Error(TransportFailure failure, std::string_view why) const;

 private:
  Progress Send();
  Progress Receive();
  Progress Finish();
  Progress Fail(TransportFailure failure, std::string why);
  TransportFailure Broken() const;
  std::string Phase() const;
  Delivery delivery() const;
  bool sent_all() const { return sent_ == request_.bytes.size(); }

  const RequestBytes& request_;
  Connection& connection_;
  std::span<char> scratch_;
  ResponseParser parser_;

  size_t sent_ = 0;           // bytes that were accepted for certain
  bool maybe_sent_ = false;   // of the body more may have been accepted than is known
  bool cannot_send_ = false;  // the connection takes no more; an answer may still be there
  size_t heard_ = 0;          // bytes that were received
  bool reusable_ = false;
  TransportFailure failure_ = TransportFailure::kReset;
  std::string why_;
};

}  // namespace modelgates::gateway
