#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/ip_address.h"

namespace modelgates::gateway {

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
