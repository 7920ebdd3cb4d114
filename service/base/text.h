#pragma once

#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>

namespace modelgates::gateway {

// Length of the well-formed UTF-8 character at the start of `text`, which is not empty (Unicode,
// table 3-7); 0 when there is none.
size_t CharacterLength(std::string_view text);

// The same text as valid UTF-8: each run of bytes that belongs to no character becomes one U+FFFD,
// as Unicode recommends ("maximal subpart") and the SDK's decoder does.
std::string ToValidUtf8(std::string_view text);

// Text of someone else made fit for a message or a log: valid UTF-8, control characters (C0, DEL,
// C1) turned into spaces, at most `max_bytes` long, cut between two characters.
std::string CleanText(std::string_view text, size_t max_bytes);

// Copies `text` to `at`, where there is room, and returns the end of the copy.
inline char* Put(char* at, std::string_view text) {
  std::memcpy(at, text.data(), text.size());
  return at + text.size();
}

// How many bytes `text` begins with that stand for themselves wherever text is quoted: visible
// ASCII and spaces, but no '"' and no '\\'. Nearly all text is nothing else, and finding that out
// costs little more than an instruction a byte.
size_t PlainPrefix(std::string_view text);

// How many bytes of markup `text` begins with: a tag, a comment, a script or a style, to the end of
// the text when it does not close; 0: none.
size_t MarkupLength(std::string_view text);

// What a reader sees of an HTML page: tags, comments, scripts and styles removed, white space
// collapsed. No tag can form from what is left over. Character references stay as they are. Plain
// text passes, "a < b" included.
std::string StripMarkup(std::string_view text);

}  // namespace modelgates::gateway
