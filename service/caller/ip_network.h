#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace modelgates::gateway {

// An IPv6 address; an IPv4 one is mapped (RFC 4291, section 2.5.5.2).
using IpAddress = std::array<uint8_t, 16>;

// IPv4 or IPv6 in text, without brackets, port or zone. nullopt: it is neither.
std::optional<IpAddress> ParseIpAddress(std::string_view text);

// The canonical form: 192.0.2.7, 2001:db8::1 (RFC 5952).
std::string ToString(const IpAddress& address);

// Addresses with the same first bits.
struct IpNetwork {
  IpAddress first{};
  int bits = 0;  // of 128

  bool Contains(const IpAddress& address) const;
  bool IsOneAddress() const { return bits == 128; }
};

// CIDR (RFC 4632, section 3.1), or one address. nullopt: another form, or an address that has bits
// beyond the prefix.
std::optional<IpNetwork> ParseIpNetwork(std::string_view text);

// 192.0.2.0/24; one address without its length.
std::string ToString(const IpNetwork& network);

}  // namespace modelgates::gateway
