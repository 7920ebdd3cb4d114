#pragma once

#include <span>
#include <string>
#include <string_view>

namespace modelgates::gateway {

// The most similar of `names`, for "did you mean": a name that begins with `written` ("api_key",
// "api_key_file"), else the name with the smallest edit distance (optimal string alignment), at
// most one edit per three letters; the first of several. Ignores case; '-' equals '_'. Empty: no
// name is similar.
std::string_view NearestName(std::string_view written, std::span<const std::string> names);

}  // namespace modelgates::gateway
