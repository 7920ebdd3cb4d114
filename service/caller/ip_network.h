#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/ip_address.h"

namespace modelgates::gateway {

// Addresses with a common prefix.
struct IpNetwork {
  IpAddress first{};
  int bits = 0;  // length of the prefix, 0 to 128

  bool Contains(const IpAddress& address) const;
  bool IsOneAddress() const { return bits == 128; }
};

// CIDR (RFC 4632, section 3.1), or one address. nullopt: another form, or a bit after the prefix is
// set.
std::optional<IpNetwork> ParseIpNetwork(std::string_view text);

// "192.0.2.0/24"; one address without a prefix length.
std::string ToString(const IpNetwork& network);

}  // namespace modelgates::gateway
