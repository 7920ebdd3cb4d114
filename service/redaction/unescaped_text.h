#pragma once

#include <string>
#include <string_view>

namespace modelgates::gateway {

// `text` with every escape of JSON, URLs and HTML replaced by its character, also escapes within
// escapes: "\/", "\u0026", "\x2f", "%2F", "&amp;" and "&#38;". The escape of a control character or
// of a character outside ASCII becomes a DEL, which is part of no secret. Linear.
std::string UnescapedText(std::string_view text);

// `text` without tags, control characters and characters outside ASCII. Linear.
std::string VisibleAscii(std::string_view text);

}  // namespace modelgates::gateway
