#pragma once

#include <string>
#include <string_view>

namespace modelgates::gateway {

// `text` with every escape of JSON, links and pages replaced by the character that it stands for,
// also when escapes are within each other, however deep: "\/", "\u0026", "\x2f", "%2F", "&amp;" and
// "&#38;". What stands for a control character or for one beyond ASCII becomes a DEL, which is part
// of no secret. Linear.
std::string UnescapedText(std::string_view text);

// `text` without tags, control characters and all that is not ASCII: no zero width space, no soft
// hyphen. Linear.
std::string VisibleAscii(std::string_view text);

}  // namespace modelgates::gateway
