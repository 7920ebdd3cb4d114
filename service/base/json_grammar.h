#pragma once

#include <cstddef>
#include <string_view>

namespace modelgates::gateway {

// Whether `text` is exactly one JSON value (RFC 8259), with white space around it at most. Beyond
// the RFC it accepts NaN, Infinity and -Infinity, as the SDK does. UTF-8 is not looked at.
//
// Nesting costs one bit a level, never stack.
bool IsJsonText(std::string_view text);

// Where `text` stops to be that: an offset, at most its size. npos: it is JSON.
size_t JsonFault(std::string_view text);

}  // namespace modelgates::gateway
