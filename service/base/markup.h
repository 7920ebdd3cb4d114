#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace modelgates::gateway {

// Length of the markup at the start of `text`: a tag, a comment, a script or a style. Without a
// closing mark it extends to the end of the text. 0: none.
size_t MarkupLength(std::string_view text);

// The visible text of an HTML page: tags, comments, scripts and styles removed, white space
// collapsed. The rest cannot form a new tag. Character references stay unchanged, and so does plain
// text, including "a < b".
std::string StripMarkup(std::string_view text);

}  // namespace modelgates::gateway
