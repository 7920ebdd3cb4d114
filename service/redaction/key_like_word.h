#pragma once

#include <string_view>

namespace modelgates::gateway {

// Whether a word of `text` may be a key that nobody has told us of: one of 8 bytes or more that
// mixes letters with digits, or of 24 or more of any kind. For what an answer says that may hold a
// new key; a word of a sentence is neither.
bool HasKeyLikeWord(std::string_view text);

}  // namespace modelgates::gateway
