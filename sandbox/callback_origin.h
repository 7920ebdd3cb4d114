#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace modelgates::sandbox {

// The origin (`https://app.example:3000`, lower case, default port left out) of a callback URL that
// ModelGates takes: https on port 443 or 3000, or http or https on localhost, 127.0.0.1 or [::1] at
// any port. Nothing for any other URL, and for one that carries user information: it makes a host
// look like another.
std::optional<std::string> AllowedCallbackOrigin(std::string_view url);

}  // namespace modelgates::sandbox
