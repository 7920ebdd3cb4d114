#pragma once

#include <string_view>

namespace modelgates::gateway {

// ASCII alone, whatever the locale. abseil's functions for std::string_view: the packaged abseil
// has a string_view of its own.

inline bool IsDigit(char c) { return c >= '0' && c <= '9'; }
// Without space.
inline bool IsVisible(char c) { return c > 0x20 && c < 0x7f; }
bool IsAlphanumeric(char c);

// Every byte is a visible character, as in a URL (RFC 3986, section 2) or a bearer.
bool IsVisibleAscii(std::string_view text);

bool EqualsIgnoringCase(std::string_view a, std::string_view b);

// `text` without the characters of `space` at its ends.
std::string_view Trim(std::string_view text, std::string_view space = " \t\r\n");

}  // namespace modelgates::gateway
