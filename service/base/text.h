#pragma once

#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>

namespace modelgates::gateway {

// Length of the well-formed UTF-8 character at the start of `text`, which is not empty (Unicode,
// table 3-7); 0 when there is none.
size_t CharacterLength(std::string_view text);

// `text` as valid UTF-8: each maximal subpart of an ill-formed sequence becomes one U+FFFD, as
// Unicode recommends and the SDK's decoder does.
std::string ToValidUtf8(std::string_view text);

// Foreign text for a message or a log: valid UTF-8, with control characters (C0, DEL, C1) replaced
// by spaces, at most `max_bytes` long, cut between two characters.
std::string CleanText(std::string_view text, size_t max_bytes);

// Copies `text` to `at`, where there is room, and returns the end of the copy.
inline char* Put(char* at, std::string_view text) {
  std::memcpy(at, text.data(), text.size());
  return at + text.size();
}

// Length of the prefix of `text` that needs no escape in any quoted text: visible ASCII and spaces,
// without '"' and '\\'. Nearly all texts consist of it, and the check costs little more than an
// instruction per byte.
size_t PlainPrefix(std::string_view text);

}  // namespace modelgates::gateway
