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

// HTTP for browsers on a port of 127.0.0.1, one request a connection. All but Listen() and host()
// on the thread that runs `io`.
class LoopbackHttp {
 public:
  struct Connection;
  using ConnectionPtr = std::shared_ptr<Connection>;
  struct Answer {
    int status = 200;
    Page page{};
    std::string location{};  // of a redirect
  };
  // `target` is empty unless the request is a GET to this very host: a page whose name was made to
  // resolve to this address (DNS rebinding) has its own.
  using Handler = std::function<void(const ConnectionPtr&, std::string_view target)>;

  LoopbackHttp(boost::asio::io_context& io, Handler handler)
      : handler_(std::move(handler)), acceptor_(io), pause_(io) {}

  // Opens the port, 0 being any that is free. Empty when it is open, else why not.
  std::string Listen(int port);
  // "127.0.0.1:49152"
  const std::string& host() const { return host_; }
  // Accepts browsers from now on.
  void Accept();

  // Sends it and closes; `done` is also called when the browser has left.
  void Respond(const ConnectionPtr& connection, const Answer& answer,
               std::function<void()> done = {});
  // The answer may take long: the connection has no time limit any more, and is not closed when
  // there are too many.
  void Hold(const ConnectionPtr& connection);
  // Accepts no more connections, and closes all except those on hold.
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
  std::deque<ConnectionPtr> connections_;  // oldest first; those on hold are not among them
};

}  // namespace modelgates::oauth
