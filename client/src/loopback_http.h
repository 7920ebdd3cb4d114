#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "loopback_page.h"

namespace modelgates::oauth {

// HTTP for browsers on a port of 127.0.0.1, one request per connection. All functions except
// Listen() and host() must be called on the thread that runs `io`.
class LoopbackHttp {
 public:
  struct Connection;
  using ConnectionPtr = std::shared_ptr<Connection>;
  struct Answer {
    int status = 200;
    Page page{};
    std::string location{};  // for a redirect
  };
  // `target` is empty unless the request is a GET whose Host field is host(). In a DNS rebinding
  // attack a foreign name resolves to this address, and the Host field has that name.
  using Handler = std::function<void(const ConnectionPtr&, std::string_view target)>;

  LoopbackHttp(boost::asio::io_context& io, Handler handler)
      : handler_(std::move(handler)), acceptor_(io), pause_(io) {}

  // Opens the port; 0: any free one. Returns the reason if it cannot be opened, else empty.
  std::string Listen(int port);
  // "127.0.0.1:49152"
  const std::string& host() const { return host_; }
  // Starts to accept connections.
  void Accept();

  // Sends `answer` and closes the connection; `done` is also called if the browser closed it.
  void Respond(const ConnectionPtr& connection, const Answer& answer,
               std::function<void()> done = {});
  // Keeps the connection for a late answer: without time limit, and not closed when there are too
  // many connections.
  void Hold(const ConnectionPtr& connection);
  // Stops accepting, and closes all connections except held ones.
  void Close();

 private:
  void Read(const ConnectionPtr& connection);
  void Drain(const ConnectionPtr& connection);
  void Drop(ConnectionPtr connection);

  const Handler handler_;
  std::string host_;
  bool closed_ = false;
  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::steady_timer pause_;
  std::deque<ConnectionPtr> connections_;  // oldest first, without held ones
};

}  // namespace modelgates::oauth
