#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <optional>
#include <string>

#include "base/ip_address.h"

namespace modelgates::gateway {

// The address and port of the peer of a TCP connection, or that it came by a Unix socket.
class PeerAddress {
 public:
  // What counts as one peer: an IPv4 address, an IPv6 /64 network, which one host may own, or all
  // that comes by Unix sockets.
  using Network = IpAddress;

  // The peer of a connected socket. nullopt: the connection is closed.
  static std::optional<PeerAddress> Of(int connection);
  // IPv4, IPv6, or an IPv4-mapped IPv6 address (RFC 4291, section 2.5.5.2), which counts as IPv4.
  // nullopt: another address family.
  static std::optional<PeerAddress> From(const sockaddr_storage& address);

  // In gRPC's format: "ipv4:192.0.2.1:51356", "ipv6:%5B2001:db8::1%5D:51356", "unix:".
  std::string ToString() const;
  Network network() const;

 private:
  IpAddress address_{};
  uint16_t port_ = 0;
  bool by_unix_socket_ = false;
};

}  // namespace modelgates::gateway
