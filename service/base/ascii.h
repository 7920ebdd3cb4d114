#pragma once

#include <string_view>

namespace modelgates::gateway {

// ASCII only, independent of the locale. abseil's functions for std::string_view, because the
// packaged abseil has its own string_view.

inline bool IsDigit(char c) { return c >= '0' && c <= '9'; }
// Visible ASCII without space.
inline bool IsVisible(char c) { return c > 0x20 && c < 0x7f; }
bool IsAlphanumeric(char c);

// Whether every byte is visible, as in a URL (RFC 3986, section 2) or a bearer token.
bool IsVisibleAscii(std::string_view text);

bool EqualsIgnoringCase(std::string_view a, std::string_view b);

// `text` without the characters of `space` at its ends.
std::string_view Trim(std::string_view text, std::string_view space = " \t\r\n");

}  // namespace modelgates::gateway
