#pragma once

#include <cstddef>
#include <cstdint>
#include <stop_token>
#include <string>
#include <string_view>
#include <variant>

#include "base/secret.h"
#include "base/task.h"
#include "base/time.h"

namespace modelgates::gateway {

// One POST to the upstream, complete but for what the connection adds (Host, Content-Length).
// Both texts hold secrets and are wiped with it.
class HttpRequest {
 public:
  // `path` starts with "/" and is joined to the base URL's path; it must outlive the request.
  explicit HttpRequest(std::string_view path) : path_(path) { headers_.reserve(kRoomForHeaders); }
  HttpRequest(HttpRequest&&) = default;
  HttpRequest& operator=(HttpRequest&&) = default;
  ~HttpRequest();

  // Adds a field line. False, and nothing is added, when `value` could not be sent as it is:
  // CR, LF, NUL or a byte above 0x7f in it, or space at its ends (REST contract, section 2).
  bool AddHeader(std::string_view name, std::string_view value);
  void set_body(std::string body) { body_ = std::move(body); }

  std::string_view path() const { return path_; }
  // Field lines as they go out, each ended by CRLF.
  std::string_view headers() const { return headers_; }
  std::string_view body() const { return body_; }

 private:
  static constexpr size_t kRoomForHeaders = 384;  // usual ones, so that they are allocated once

  std::string_view path_;
  std::string headers_;
  std::string body_;
};

// True when a field value holds nothing but what can be sent unchanged (see AddHeader).
bool IsSendableHeaderValue(std::string_view value);

// True when it is besides what RFC 9110, section 5.5, calls a field value: no control character but
// an inner tab. The rule for what callers send.
bool IsFieldValue(std::string_view value);

enum class BodyState : uint8_t {
  kComplete,
  kTooLarge,     // above the cap, before or after inflation; dropped
  kUndecodable,  // its content coding is unknown or broken; dropped
};

constexpr bool IsSuccess(int http_status) { return http_status >= 200 && http_status <= 299; }

// An answer whose head was read. 4xx and 5xx are answers too. Header fields are empty when absent;
// a repeated field is its values joined by ", ".
struct HttpResponse {
  int status = 0;
  std::string content_type;
  std::string retry_after;
  std::string retry_after_ms;
  std::string date;
  std::string location;
  std::string request_id;  // x-request-id
  std::string body;        // content codings removed
  BodyState body_state = BodyState::kComplete;
};

// Why there is no complete answer.
enum class TransportFailure : uint8_t {
  kDns,             // no such host, or no answer from the resolver
  kConnect,         // refused, unreachable
  kConnectTimeout,  // no connection, TLS included, within the connect timeout
  kTls,             // the TLS handshake was broken off
  kTlsUntrusted,    // the certificate failed verification: CA, name or date
  kRefusedStream,   // HTTP/2 only: the upstream said that it did not act on the request
  kReset,           // reset or closed before the first byte of an answer
  kTruncated,       // reset or closed within the answer
  kTimeout,         // the deadline passed
  kGarbage,         // what came back is not HTTP/1.x
  kCancelled,       // stop was requested
  kProxyRefused,    // the proxy wants to know who we are (407)
};
inline constexpr auto kLastTransportFailure = TransportFailure::kProxyRefused;

// Stable lower_snake name for the attempt log and metrics, e.g. "connect_timeout".
std::string_view ToString(TransportFailure failure);

// Whether the upstream can have seen the request, from the bytes that the kernel accepted.
enum class Delivery : uint8_t {
  kNever,     // not one byte of the body was handed over: repeating is always safe
  kMaybe,     // some was: the upstream may have acted on it
  kAnswered,  // a status line came back
};

struct TransportError {
  TransportFailure failure;
  Delivery delivery;
  int http_status = 0;  // of the status line, when one was read before the answer broke; else 0
  // kReset on a connection that had carried a request before, without a byte of an answer: most
  // likely the upstream had closed it while it was idle, and the two crossed on the wire. Not a
  // proof: `delivery` says what is certain.
  bool stale_connection = false;
  // What happened, for the log: phase, address, and the words of whoever found out (kernel, TLS,
  // resolver, proxy). Nothing of request or answer.
  std::string cause{};
};

using HttpResult = std::variant<HttpResponse, TransportError>;

// TransportError::cause; empty for an answer.
std::string_view CauseOf(const HttpResult& result);

// TransportError::stale_connection; false for an answer.
bool MetStaleConnection(const HttpResult& result);

// Where a request is on its way to the upstream.
enum class SendProgress : uint8_t {
  kBackoff,       // what was sent of it had no effect; it will be sent again
  kConnecting,    // nothing of it is on its way
  kBytesOffered,  // the kernel has been offered its first byte: the upstream may act on it
};

class SendObserver {
 public:
  // The transport reports kBytesOffered before the kernel gets the first byte, and kConnecting when
  // the kernel took none and the transport waits for another connection.
  virtual void OnSendProgress(SendProgress /*progress*/) {}

 protected:
  ~SendObserver() = default;
};

struct SendOptions {
  // Bounds connect, send and receive together.
  TimePoint deadline = TimePoint::max();
  // Ends the attempt with kCancelled. Must outlive it.
  std::stop_token stop;
  // May be null. Must outlive the attempt.
  SendObserver* observer = nullptr;
  // Goes out on a connection of its own, none of those that wait: what happened to one of them may
  // have happened to all. Then `stale_connection` is never set.
  bool fresh_connection = false;
};

class HttpTransport {
 public:
  virtual ~HttpTransport() = default;

  // Sends one attempt and reports what came back.
  //
  // A 4xx or 5xx is an HttpResponse, not an error: the upstream answered. TransportError means no
  // complete answer; its `delivery` says whether the upstream may have acted on the request.
  //
  // The request goes out at most once, whatever happens to the connection; only when not one of
  // its bytes was accepted by the kernel is another connection tried.
  //
  // Called on the loop thread only; the awaiting call resumes there too. `request` must outlive
  // the task.
  virtual Task<HttpResult> Send(const HttpRequest& request, SendOptions options) = 0;
};

}  // namespace modelgates::gateway
