#pragma once

#include <sys/socket.h>
#include <unistd.h>

#include <string>

#include "support/loopback.h"

namespace modelgates::gateway {

// A connection that sends nothing.
class TcpConnection {
 public:
  // `address`: 127.0.0.1:port.
  explicit TcpConnection(const std::string& address)
      : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const sockaddr_in peer = Loopback(std::stoi(address.substr(address.rfind(':') + 1)));
    connected_ = connect(fd_, reinterpret_cast<const sockaddr*>(&peer), sizeof(peer)) == 0;
  }
  TcpConnection(const TcpConnection&) = delete;
  TcpConnection& operator=(const TcpConnection&) = delete;
  ~TcpConnection() { close(fd_); }

  bool connected() const { return connected_; }

 private:
  const int fd_;
  bool connected_ = false;
};

}  // namespace modelgates::gateway
