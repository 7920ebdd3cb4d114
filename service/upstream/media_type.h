#pragma once

#include <string>
#include <string_view>

namespace modelgates::gateway {

// Whether a Content-Type says application/json: parameters and case do not matter (REST contract,
// section 4). No other type will do, neither application/problem+json nor a list of two types.
bool IsJsonMediaType(std::string_view content_type);

// The charset parameter without its quotes, as sent; empty when there is none.
std::string_view CharsetOf(std::string_view content_type);

// Whether a Content-Type says that the body tells of a problem (RFC 9457): whatever else is in it,
// it is no success.
bool IsProblemMediaType(std::string_view content_type);

// Turns a body into UTF-8 from the charset that its Content-Type names; bytes that mean nothing in
// it become U+FFFD. A charset that is absent, unknown or a form of UTF-8 leaves the body as it is,
// and what the body held before is wiped. Whether anything was to be done.
bool DecodeToUtf8(std::string_view content_type, std::string& body);

}  // namespace modelgates::gateway
