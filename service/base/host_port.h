#pragma once

#include <optional>
#include <string_view>

namespace modelgates::gateway {

// The parts of host:port; an IPv6 host keeps its brackets.
struct HostPort {
  std::string_view host;
  std::string_view port;
};

// Splits at the last colon that is not inside brackets. nullopt: there is none. The parts are not
// checked.
std::optional<HostPort> SplitHostPort(std::string_view text);

// A decimal number from 0 to 65535.
bool IsPort(std::string_view text);

// `host` without the brackets of an IPv6 address.
std::string_view WithoutBrackets(std::string_view host);

// Whether what is sent to `host` (a name, an IPv4 address, or an IPv6 address in brackets) stays on
// this machine: localhost, 127.0.0.0/8, [::1].
bool IsLoopback(std::string_view host);

}  // namespace modelgates::gateway
