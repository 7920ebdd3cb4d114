#pragma once

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>

namespace modelgates::gateway {

// 127.0.0.1; port 0 is any that is free.
inline sockaddr_in Loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(port));
  return address;
}

// Binds a socket to a free port of 127.0.0.1, and returns that.
inline int BindToLoopback(int fd) {
  sockaddr_in address = Loopback(0);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof(address);
  bind(fd, generic, size);
  getsockname(fd, generic, &size);
  return ntohs(address.sin_port);
}

// A port that is free at this moment; another program may take it before it is used.
inline int FreePort() {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int port = BindToLoopback(fd);
  close(fd);
  return port;
}

}  // namespace modelgates::gateway
