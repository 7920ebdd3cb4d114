#pragma once

#include <span>
#include <string>
#include <string_view>

namespace modelgates::gateway {

// The one of `names` that the writer of `written` most probably meant, for "did you mean": one
// that continues it ("api_key" of "api_key_file"), else the one that the fewest changes of a letter
// make of it (Levenshtein, with a swap of neighbours as one), at most one change per three letters;
// the first of several. Case does not count, and '-' is '_'. Empty when there is none.
std::string_view NearestName(std::string_view written, std::span<const std::string> names);

}  // namespace modelgates::gateway
