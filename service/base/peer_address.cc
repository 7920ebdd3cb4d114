#include "base/peer_address.h"

#include <absl/strings/str_cat.h>
#include <netinet/in.h>

#include <algorithm>

namespace modelgates::gateway {

std::optional<PeerAddress> PeerAddress::Of(int connection) {
  sockaddr_storage address{};
  socklen_t size = sizeof(address);
  if (getpeername(connection, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    return std::nullopt;
  }
  return From(address);
}

std::optional<PeerAddress> PeerAddress::From(const sockaddr_storage& address) {
  PeerAddress peer;
  if (address.ss_family == AF_INET) {
    const auto& ipv4 = reinterpret_cast<const sockaddr_in&>(address);
    peer.address_ = kMapped;
    __builtin_memcpy(peer.address_.data() + kMappedBytes, &ipv4.sin_addr, sizeof(ipv4.sin_addr));
    peer.port_ = ntohs(ipv4.sin_port);
    return peer;
  }
  peer.by_unix_socket_ = address.ss_family == AF_UNIX;
  if (peer.by_unix_socket_) return peer;
  if (address.ss_family != AF_INET6) return std::nullopt;
  const auto& ipv6 = reinterpret_cast<const sockaddr_in6&>(address);
  __builtin_memcpy(peer.address_.data(), &ipv6.sin6_addr, sizeof(ipv6.sin6_addr));
  peer.port_ = ntohs(ipv6.sin6_port);
  return peer;
}

std::string PeerAddress::ToString() const {
  if (by_unix_socket_) return "unix:";
  const std::string host = gateway::ToString(address_);
  if (IsMapped(address_)) return absl::StrCat("ipv4:", host, ":", port_);
  return absl::StrCat("ipv6:%5B", host, "%5D:", port_);
}

PeerAddress::Network PeerAddress::network() const {
  Network network = address_;
  if (!IsMapped(address_)) std::fill(network.begin() + 8, network.end(), uint8_t{0});
  return network;
}

}  // namespace modelgates::gateway
