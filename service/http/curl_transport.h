#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/epoll_loop.h"
#include "http/base_url.h"
#include "http/connection_pool.h"
#include "http/connection_queue.h"
#include "http/curl_connector.h"
#include "http/http.h"
#include "http/http2_pool.h"
#include "http/round_trip.h"
#include "http/transport_options.h"

namespace modelgates::gateway {

// HTTP over connections that libcurl makes. libcurl connects and does TLS; this class writes and
// reads HTTP/1.1, Http2Pool HTTP/2. An ordinary libcurl transfer sends a POST again by itself when
// a reused connection dies before the first byte of an answer, and reports success. This class
// cannot send anything twice, knows which bytes the kernel accepted, and costs less than half.
//
// On a warm HTTP/1.1 connection a request is one send and one receive. No redirect is followed, no
// cookie kept, no content coding asked for.
//
// Loop thread only. Destroying it, on that thread or after the loop has ended, closes every
// connection; every running Send ends with kCancelled in the next turn of the loop.
class CurlTransport final : public HttpTransport {
 public:
  // `options.base_url` must be one that ParseBaseUrl accepts.
  CurlTransport(EpollLoop& loop, TransportOptions options);
  ~CurlTransport() override;

  Task<HttpResult> Send(const HttpRequest& request, SendOptions options) override;

  TransportStats stats() const;

 private:
  using Connected = std::variant<std::unique_ptr<Connection>, TransportError>;

  Task<HttpResult> SendHttp1(const HttpRequest& request, SendOptions options);
  Task<HttpResult> SendHttp2(const HttpRequest& request, SendOptions options);
  Http2Pool::Hooks HooksOfHttp2();
  void Compose(const HttpRequest& request, RequestBytes& out);
  // For the next request.
  void TakeBuffer(RequestBytes& sent);
  // Waits for a connection, or for the turn to make one. `reused`: whether it had carried a
  // request. After kCancelled `this` may be destroyed.
  Task<Connected> Connect(const SendOptions& options, ConnectionQueue::Need need, bool& reused,
                          CurlConnector::Offer offer);
  Task<Connected> ConnectForHttp2();
  TransportError Missed(ConnectionQueue::End end) const;
  void Keep(std::unique_ptr<Connection> connection, std::optional<std::chrono::seconds> hint);

  EpollLoop& loop_;
  const TransportOptions options_;
  const BaseUrl url_;
  std::string head_start_;   // "POST /api/v1"
  std::string head_middle_;  // from " HTTP/1.1" to the field lines that never change
  std::vector<char> scratch_;
  std::string request_buffer_;  // without content: a request is mostly sent as soon as composed
  TransportStats stats_;
  std::shared_ptr<ConnectionQueue> queue_;
  CurlConnector connector_;
  // Destroyed before the connector that made their connections.
  ConnectionPool pool_;
  std::unique_ptr<Http2Pool> http2_;  // null: HTTP/1.1 only
};

}  // namespace modelgates::gateway
