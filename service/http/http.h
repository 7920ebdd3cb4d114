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

// One POST to the upstream without the fields that the connection adds (Host, Content-Length). Its
// texts contain secrets and are wiped when it is destroyed.
class HttpRequest {
 public:
  // `path` starts with "/" and is joined to the base URL's path; it must outlive the request.
  explicit HttpRequest(std::string_view path) : path_(path) { headers_.reserve(kRoomForHeaders); }
  HttpRequest(HttpRequest&&) = default;
  HttpRequest& operator=(HttpRequest&&) = default;
  ~HttpRequest();

  // Adds a field line. Returns false and adds nothing when `value` cannot be sent unchanged: it
  // contains CR, LF, NUL or a byte above 0x7f, or has space at its ends (REST contract, section 2).
  bool AddHeader(std::string_view name, std::string_view value);
  void set_body(std::string body) { body_ = std::move(body); }

  std::string_view path() const { return path_; }
  // Field lines as they are sent, each ended by CRLF.
  std::string_view headers() const { return headers_; }
  std::string_view body() const { return body_; }

 private:
  static constexpr size_t kRoomForHeaders = 384;  // enough for one allocation, usually

  std::string_view path_;
  std::string headers_;
  std::string body_;
};

// True when a field value can be sent unchanged (see AddHeader).
bool IsSendableHeaderValue(std::string_view value);

// True when it is also a field value of RFC 9110, section 5.5: no control characters except inner
// tabs. The rule for what callers send.
bool IsFieldValue(std::string_view value);

enum class BodyState : uint8_t {
  kComplete,
  kTooLarge,     // above the cap, before or after inflation; dropped
  kUndecodable,  // its content coding is unknown or broken; dropped
};

constexpr bool IsSuccess(int http_status) { return http_status >= 200 && http_status <= 299; }

// An answer whose head was read. 4xx and 5xx are answers, too. Header fields are empty when absent;
// values of a repeated field are joined by ", ".
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
  kTls,             // the TLS handshake failed
  kTlsUntrusted,    // the certificate failed verification: CA, name or date
  kRefusedStream,   // HTTP/2: the upstream said that it did not act on the request
  kReset,           // reset or closed before the first byte of an answer
  kTruncated,       // reset or closed before the answer was complete
  kTimeout,         // the deadline passed
  kGarbage,         // what came back is not HTTP
  kCancelled,       // stop was requested
  kProxyRefused,    // the proxy requires authentication (407)
};
inline constexpr auto kLastTransportFailure = TransportFailure::kProxyRefused;

// Stable lower_snake name for the attempt log and metrics, e.g. "connect_timeout".
std::string_view ToString(TransportFailure failure);

// What exactly failed, where that is known: the check of the upstream's certificate, the system
// error of connect, or the proxy.
enum class FailureDetail : uint8_t {
  kNone,
  kCertificateExpired,
  kCertificateNotYetValid,
  kCertificateIssuer,  // no trusted CA issued it
  kCertificateName,    // it is for another host
  kCertificateOther,
  kRefused,        // ECONNREFUSED
  kUnreachable,    // ENETUNREACH, EHOSTUNREACH
  kNoDescriptors,  // EMFILE, ENFILE: of the gateway
  kProxyStatus,    // the proxy answered with an error other than 407
  kNoHttp2,        // HTTP/2 is required, and the upstream does not speak it
};
inline constexpr auto kLastFailureDetail = FailureDetail::kNoHttp2;

// "certificate_expired", ...; empty for kNone.
std::string_view ToString(FailureDetail detail);

// Whether the upstream can have seen the request, from the bytes that the kernel accepted and, with
// HTTP/2, from what the upstream says.
enum class Delivery : uint8_t {
  kNever,     // the kernel accepted no byte of the body, or kRefusedStream: repeating is safe
  kMaybe,     // it accepted some: the upstream may have acted on the request
  kAnswered,  // a status line came back
};

struct TransportError {
  TransportFailure failure;
  Delivery delivery;
  int http_status = 0;  // of the status line, if one was read before the answer broke off; else 0
  // kReset without a byte of an answer, on a connection that had carried a request before. Most
  // likely the upstream closed the idle connection while the request was on its way. This is not a
  // proof; `delivery` says what is certain.
  bool stale_connection = false;
  // What happened, for the log: phase, address, and the message of kernel, TLS, resolver or proxy.
  // Contains nothing of request or answer.
  std::string cause{};
  FailureDetail detail = FailureDetail::kNone;
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
  // the upstream cannot have acted on it and the transport waits for another connection.
  virtual void OnSendProgress(SendProgress /*progress*/) {}

 protected:
  ~SendObserver() = default;
};

struct SendOptions {
  // Bounds connect, send and receive together.
  TimePoint deadline = TimePoint::max();
  // A stop request ends the attempt with kCancelled. Must outlive the attempt.
  std::stop_token stop;
  // May be null. Must outlive the attempt.
  SendObserver* observer = nullptr;
  // Send on a new connection, not on an idle one: if one idle connection is stale, all may be.
  // `stale_connection` is then never set.
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
  // The request is sent at most once. Another connection is tried only if the kernel accepted no
  // byte of it or, with HTTP/2, if the upstream ended the connection in order and said that it did
  // not act on the request (GOAWAY; RFC 9113, 6.8).
  //
  // Called on the loop thread only; the awaiting call resumes there too. `request` must outlive
  // the task.
  virtual Task<HttpResult> Send(const HttpRequest& request, SendOptions options) = 0;
};

}  // namespace modelgates::gateway
