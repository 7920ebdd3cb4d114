#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace modelgates::gateway {

// An IPv6 address; an IPv4 one is mapped (RFC 4291, section 2.5.5.2).
using IpAddress = std::array<uint8_t, 16>;

// The prefix of mapped addresses, ::ffff:0:0/96, and its length in bytes.
inline constexpr IpAddress kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
inline constexpr size_t kMappedBytes = 12;
bool IsMapped(const IpAddress& address);

// Parses an IPv4 or IPv6 address without brackets, port or zone. nullopt: another form.
std::optional<IpAddress> ParseIpAddress(std::string_view text);

// The canonical form: 192.0.2.7, 2001:db8::1 (RFC 5952).
std::string ToString(const IpAddress& address);

}  // namespace modelgates::gateway
