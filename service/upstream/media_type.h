#pragma once

#include <string>
#include <string_view>

namespace modelgates::gateway {

// Whether a Content-Type is application/json, in any case and with any parameters (REST contract,
// section 4). Neither application/problem+json nor a list of two types is.
bool IsJsonMediaType(std::string_view content_type);

// The charset parameter without its quotes; empty: absent.
std::string CharsetOf(std::string_view content_type);

// Whether a Content-Type is application/problem+json (RFC 9457): such an answer is never a success.
bool IsProblemMediaType(std::string_view content_type);

// Converts a body to UTF-8 when its charset is ISO-8859-1 or windows-1252; both are read as the
// latter (WHATWG Encoding, 4.2), and the old bytes are wiped. False: another charset, the body is
// unchanged. It is then read as UTF-8, so that all but ASCII becomes U+FFFD.
bool DecodeToUtf8(std::string_view content_type, std::string& body);

}  // namespace modelgates::gateway
