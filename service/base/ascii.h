#pragma once

#include <string_view>

namespace modelgates::gateway {

// ASCII alone, whatever the locale. abseil's functions for std::string_view: the packaged abseil
// has a string_view of its own.

bool IsAlphanumeric(char c);

bool EqualsIgnoringCase(std::string_view a, std::string_view b);

// `text` without the spaces, tabs and line ends around it.
std::string_view Trim(std::string_view text);

}  // namespace modelgates::gateway
