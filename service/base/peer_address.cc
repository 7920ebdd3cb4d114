#include "base/peer_address.h"

#include <absl/strings/str_cat.h>
#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>

namespace modelgates::gateway {
namespace {

// ::ffff:0:0/96
constexpr std::array<uint8_t, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

bool IsIpv4(const std::array<uint8_t, 16>& address) {
  return std::equal(kMapped.begin(), kMapped.end(), address.begin());
}

}  // namespace

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
    std::copy(kMapped.begin(), kMapped.end(), peer.address_.begin());
    __builtin_memcpy(peer.address_.data() + kMapped.size(), &ipv4.sin_addr, sizeof(ipv4.sin_addr));
    peer.port_ = ntohs(ipv4.sin_port);
    return peer;
  }
  if (address.ss_family != AF_INET6) return std::nullopt;
  const auto& ipv6 = reinterpret_cast<const sockaddr_in6&>(address);
  __builtin_memcpy(peer.address_.data(), &ipv6.sin6_addr, sizeof(ipv6.sin6_addr));
  peer.port_ = ntohs(ipv6.sin6_port);
  return peer;
}

std::string PeerAddress::ToString() const {
  char text[INET6_ADDRSTRLEN] = "";
  if (IsIpv4(address_)) {
    inet_ntop(AF_INET, address_.data() + kMapped.size(), text, sizeof(text));
    return absl::StrCat("ipv4:", text, ":", port_);
  }
  inet_ntop(AF_INET6, address_.data(), text, sizeof(text));
  return absl::StrCat("ipv6:%5B", text, "%5D:", port_);
}

PeerAddress::Network PeerAddress::network() const {
  Network network = address_;
  if (!IsIpv4(address_)) std::fill(network.begin() + 8, network.end(), uint8_t{0});
  return network;
}

}  // namespace modelgates::gateway
