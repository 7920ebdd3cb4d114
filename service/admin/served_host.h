#pragma once

#include <string_view>

namespace modelgates::gateway {

// Whether a page with content may be shown to a request whose Host field is `host`: an IP address,
// "localhost", or `configured` (the host that the port was told to listen on), each with or without
// a port. A browser sends another one when a name of somebody else's was made to resolve to this
// address (DNS rebinding), so that a page of theirs could read the answer.
bool IsServedHost(std::string_view host, std::string_view configured);

}  // namespace modelgates::gateway
