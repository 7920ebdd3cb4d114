#include "loopback_http.h"

#include <array>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

namespace modelgates::oauth {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::chrono::seconds kConnectionTime{5};
// Large, because browsers send the cookies of all servers on 127.0.0.1, of any port.
constexpr std::size_t kMaxHeadBytes = 64 * 1024;
constexpr std::size_t kMaxDrainedBytes = 1024 * 1024;
constexpr std::size_t kMaxConnections = 32;
// Wait after an error, most likely missing descriptors; accepting again at once would use all CPU.
constexpr std::chrono::milliseconds kAcceptPause{20};

std::string_view ToStd(beast::string_view text) { return {text.data(), text.size()}; }

bool IsTooLarge(error_code error) {
  return error == http::error::header_limit || error == http::error::buffer_overflow;
}

}  // namespace

// One connection, usually of a browser, and its request.
struct LoopbackHttp::Connection {
  explicit Connection(tcp::socket socket) : stream(std::move(socket)) {
    parser.header_limit(kMaxHeadBytes);
    parser.body_limit(0);
  }

  beast::tcp_stream stream;
  beast::flat_buffer buffer{kMaxHeadBytes + 1};
  http::request_parser<http::empty_body> parser;
  http::response<http::string_body> response;
  bool unread = false;  // part of the request is not read yet
  std::array<char, 4'096> drained{};
  std::size_t drained_bytes = 0;
};

std::string LoopbackHttp::Listen(int port) {
  error_code error;
  acceptor_.open(tcp::v4(), error);
  // Allows a port with connections in TIME_WAIT.
  if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
  const tcp::endpoint place(asio::ip::address_v4::loopback(), static_cast<unsigned short>(port));
  if (!error) acceptor_.bind(place, error);
  if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
  if (error) return error.message();
  host_ = "127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port());
  return "";
}

void LoopbackHttp::Accept() {
  acceptor_.async_accept([this](error_code error, tcp::socket socket) {
    if (closed_) return;
    if (error) {
      pause_.expires_after(kAcceptPause);
      pause_.async_wait([this](error_code stopped) {
        if (!stopped && !closed_) Accept();
      });
      return;
    }
    if (connections_.size() == kMaxConnections) Drop(connections_.front());
    connections_.push_back(std::make_shared<Connection>(std::move(socket)));
    Read(connections_.back());
    Accept();
  });
}

void LoopbackHttp::Read(const ConnectionPtr& connection) {
  connection->stream.expires_after(kConnectionTime);
  http::async_read(connection->stream, connection->buffer, connection->parser,
                   [this, connection](error_code error, std::size_t) {
                     if (closed_) return;
                     if (IsTooLarge(error)) {
                       connection->unread = true;
                       Respond(connection, {431, LoginEndPage(LoginEnd::kTooLarge, "")});
                     } else if (error) {
                       Drop(connection);
                     } else {
                       const auto& request = connection->parser.get();
                       const bool for_us = request.method() == http::verb::get &&
                                           ToStd(request[http::field::host]) == host_;
                       handler_(connection, for_us ? ToStd(request.target()) : "");
                     }
                   });
}

void LoopbackHttp::Respond(const ConnectionPtr& connection, const Answer& answer,
                           std::function<void()> done) {
  auto& response = connection->response;
  response = {static_cast<http::status>(answer.status), 11};
  response.set(http::field::content_type, "text/html; charset=utf-8");
  response.set("Content-Security-Policy", answer.page.policy);
  if (!answer.location.empty()) response.set(http::field::location, answer.location);
  response.set(http::field::cache_control, "no-store");
  response.set("Referrer-Policy", "no-referrer");
  response.set("X-Content-Type-Options", "nosniff");
  response.keep_alive(false);
  response.body() = answer.page.html;
  response.prepare_payload();
  connection->stream.expires_after(kConnectionTime);
  http::async_write(connection->stream, response,
                    [this, connection, done = std::move(done)](error_code, std::size_t) {
                      error_code ignored;
                      connection->stream.socket().shutdown(tcp::socket::shutdown_send, ignored);
                      if (connection->unread) {
                        Drain(connection);
                      } else {
                        Drop(connection);
                      }
                      if (done) done();
                    });
}

// Closing a socket with unread data sends RST, which makes the peer discard the answer.
void LoopbackHttp::Drain(const ConnectionPtr& connection) {
  connection->stream.async_read_some(asio::buffer(connection->drained),
                                     [this, connection](error_code error, std::size_t bytes) {
                                       connection->drained_bytes += bytes;
                                       if (error || connection->drained_bytes > kMaxDrainedBytes) {
                                         Drop(connection);
                                       } else {
                                         Drain(connection);
                                       }
                                     });
}

void LoopbackHttp::Hold(const ConnectionPtr& connection) {
  std::erase(connections_, connection);
  connection->stream.expires_never();
}

void LoopbackHttp::Close() {
  closed_ = true;
  error_code ignored;
  acceptor_.close(ignored);
  pause_.cancel();
  while (!connections_.empty()) Drop(connections_.front());
}

// By value, because the argument may be an element of the list that it is removed from.
void LoopbackHttp::Drop(ConnectionPtr connection) {
  std::erase(connections_, connection);
  connection->stream.close();
}

}  // namespace modelgates::oauth
