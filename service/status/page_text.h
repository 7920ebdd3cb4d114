#pragma once

#include <string_view>

namespace modelgates::gateway {

// The only style and the only script of /statusz. The page allows them by their hashes.
extern const std::string_view kStatusStyle;
extern const std::string_view kStatusScript;

}  // namespace modelgates::gateway
