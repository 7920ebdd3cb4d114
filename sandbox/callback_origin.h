#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace modelgates::sandbox {

// The origin (`https://app.example:3000`, lower case, without a default port) of a callback URL
// that ModelGates accepts: https on port 443 or 3000, or http or https on localhost, 127.0.0.1 or
// [::1] at any port. nullopt for any other URL, and for one with user information, which can
// imitate another host.
std::optional<std::string> AllowedCallbackOrigin(std::string_view url);

}  // namespace modelgates::sandbox
