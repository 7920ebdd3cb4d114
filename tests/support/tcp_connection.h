#pragma once

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <string>

#include "support/loopback.h"

namespace modelgates::gateway {

// A connection that sends nothing.
class TcpConnection {
 public:
  // `address`: 127.0.0.1:port. Comes from 127.0.0.`source`.
  explicit TcpConnection(const std::string& address, int source = 1)
      : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in from = Loopback(0);
    from.sin_addr.s_addr = htonl(INADDR_LOOPBACK - 1 + static_cast<uint32_t>(source));
    const int on = 1;
    setsockopt(fd_, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof(on));
    bind(fd_, reinterpret_cast<const sockaddr*>(&from), sizeof(from));
    const sockaddr_in peer = Loopback(std::stoi(address.substr(address.rfind(':') + 1)));
    connected_ = connect(fd_, reinterpret_cast<const sockaddr*>(&peer), sizeof(peer)) == 0;
  }
  TcpConnection(const TcpConnection&) = delete;
  TcpConnection& operator=(const TcpConnection&) = delete;
  ~TcpConnection() { close(fd_); }

  bool connected() const { return connected_; }
  // Until the other side closes it. False: not within 60 s.
  bool WaitForClose() const {
    const timeval patience{.tv_sec = 60, .tv_usec = 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    char byte = 0;
    ssize_t received = 1;
    while (received > 0) received = recv(fd_, &byte, 1, 0);
    return received == 0 || errno == ECONNRESET;
  }

 private:
  const int fd_;
  bool connected_ = false;
};

}  // namespace modelgates::gateway
