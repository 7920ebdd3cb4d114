#pragma once

#include <string>
#include <string_view>

namespace modelgates::oauth::cli {

bool IsUtf8(std::string_view text);

// `text` as a terminal may show it, on one line: escapes (\n, \x1b, \u202e) stand for control
// characters (also U+0080 to U+009F), for what changes the direction of text or is not seen, and
// for bytes that are no UTF-8. Others chose the text, and could otherwise command the terminal or
// have a line read as another one.
std::string Printable(std::string_view text);

}  // namespace modelgates::oauth::cli
