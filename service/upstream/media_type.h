#pragma once

#include <string>
#include <string_view>

namespace modelgates::gateway {

// Whether a Content-Type says application/json: parameters and case do not matter (REST contract,
// section 4). No other type will do, neither application/problem+json nor a list of two types.
bool IsJsonMediaType(std::string_view content_type);

// The charset parameter without its quotes; empty when there is none.
std::string CharsetOf(std::string_view content_type);

// Whether a Content-Type says that the body tells of a problem (RFC 9457): whatever else is in it,
// it is no success.
bool IsProblemMediaType(std::string_view content_type);

// Turns a body into UTF-8 when its Content-Type names ISO-8859-1 or windows-1252, which are read
// alike (WHATWG Encoding, 4.2). A body in any other charset stays as it is, and is read as UTF-8:
// its ASCII can be used, and the rest becomes U+FFFD. What `body` held before is wiped. Whether it
// has changed.
bool DecodeToUtf8(std::string_view content_type, std::string& body);

}  // namespace modelgates::gateway
