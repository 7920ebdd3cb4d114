#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace modelgates::oauth::cli {

// The most similar of `names`, for "did you mean": the first with the smallest edit distance, at
// most one edit per three letters, where two swapped letters are one edit. A name that begins with
// `written` and a dash is similar too; '_' equals '-'. Empty: no name is similar.
std::string Nearest(std::string_view written, const std::vector<std::string>& names);

}  // namespace modelgates::oauth::cli
