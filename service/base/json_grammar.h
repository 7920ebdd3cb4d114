#pragma once

#include <cstddef>
#include <string_view>

namespace modelgates::gateway {

// Whether `text` is exactly one JSON value (RFC 8259), except for surrounding white space. In
// addition it accepts NaN, Infinity and -Infinity, as the SDK does. UTF-8 is not checked.
//
// Nesting costs one bit per level, and no stack.
bool IsJsonText(std::string_view text);

// The offset of the first syntax error, at most the size of `text`. npos: `text` is JSON.
size_t JsonFault(std::string_view text);

}  // namespace modelgates::gateway
