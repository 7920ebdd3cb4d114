#pragma once

#include <string_view>

namespace modelgates::gateway {

// Whether a word of `text` may be an unknown key: at least 8 bytes that mix letters and digits, or
// at least 24 of any kind. For texts of an answer that may contain a new key; ordinary words are
// neither.
bool HasKeyLikeWord(std::string_view text);

}  // namespace modelgates::gateway
