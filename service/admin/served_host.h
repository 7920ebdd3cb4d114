#pragma once

#include <string_view>

namespace modelgates::gateway {

// Whether a page with content may be shown to a request whose Host field is `host`: an IP address,
// "localhost", or `configured` (the host that the port was told to listen on), each with or without
// a port. In a DNS rebinding attack the browser sends another host, because a foreign name resolves
// to this address; the attacker's page must not read the answer.
bool IsServedHost(std::string_view host, std::string_view configured);

}  // namespace modelgates::gateway
