#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <optional>
#include <string>

#include "base/ip_address.h"

namespace modelgates::gateway {

// The address and port at the other end of a TCP connection.
class PeerAddress {
 public:
  // What counts as one peer: an IPv4 address; of IPv6 the first 64 bits, since a host has them all.
  using Network = IpAddress;

  // Of a connected socket. nullopt: the connection is gone.
  static std::optional<PeerAddress> Of(int connection);
  // IPv4, IPv6, or IPv4 as IPv6 writes it (RFC 4291, section 2.5.5.2), which counts as IPv4.
  // nullopt: of another family.
  static std::optional<PeerAddress> From(const sockaddr_storage& address);

  // As gRPC writes it: "ipv4:192.0.2.1:51356", "ipv6:%5B2001:db8::1%5D:51356".
  std::string ToString() const;
  Network network() const;

 private:
  IpAddress address_{};
  uint16_t port_ = 0;
};

}  // namespace modelgates::gateway
