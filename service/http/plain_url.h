#pragma once

#include <optional>
#include <string_view>

#include "http/url.h"

namespace modelgates::gateway {

// Reads the URLs that callers really send: http or https, a lower-case host name, perhaps a port,
// a path. nullopt says nothing about `text`: ask libcurl, to which this agrees on all it accepts.
std::optional<Url> ParsePlainUrl(std::string_view text);

}  // namespace modelgates::gateway
