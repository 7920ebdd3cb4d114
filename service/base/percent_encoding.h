#pragma once

#include <optional>
#include <string_view>

#include "base/secret.h"

namespace modelgates::gateway {

// The text that is percent-encoded as `text` (RFC 3986, section 2.1), without a copy of it left in
// memory. nullopt: a '%' without two hex digits.
std::optional<Secret> PercentDecoded(std::string_view text);

}  // namespace modelgates::gateway
