#pragma once

#include <string>
#include <string_view>

namespace modelgates::oauth::cli {

bool IsUtf8(std::string_view text);

// `text` for one line of a terminal. Escapes (\n, \x1b, \u202e) replace control characters (also
// U+0080 to U+009F), invisible characters, characters that change the direction of text, and bytes
// that are not UTF-8. Otherwise the other party that chose the text could control the terminal or
// imitate other lines.
std::string Printable(std::string_view text);

}  // namespace modelgates::oauth::cli
