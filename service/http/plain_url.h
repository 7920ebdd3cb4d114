#pragma once

#include <optional>
#include <string_view>

#include "http/url.h"

namespace modelgates::gateway {

// Parses the usual URLs of callers: http or https, a lower-case host name, an optional port, a
// path. nullopt means: parse it with libcurl. This parser agrees with libcurl on all that it
// accepts.
std::optional<Url> ParsePlainUrl(std::string_view text);

}  // namespace modelgates::gateway
