#pragma once

#include <span>
#include <string>

namespace modelgates::oauth {

// RFC 4648, section 5, without padding.
std::string ToBase64Url(std::span<const unsigned char> bytes);

// 32 bytes of the kernel's random source as base64url: 43 characters. Ends the program when the
// source fails.
std::string RandomBase64Url();

}  // namespace modelgates::oauth
