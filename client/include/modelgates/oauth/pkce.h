#pragma once

#include <string>
#include <string_view>

#include "modelgates/oauth/secret_text.h"

namespace modelgates::oauth {

// Proof Key for Code Exchange (RFC 7636). The challenge is sent when the code is created; the
// verifier proves at the exchange that the same party sends it.
struct Pkce {
  SecretText verifier;    // 43 characters of base64url
  std::string challenge;  // ChallengeS256(verifier), method S256

  // Made of 32 bytes of the kernel's random source, as section 4.1 recommends. Ends the program if
  // the source fails, because there is no safe alternative.
  static Pkce Generate();
};

// BASE64URL(SHA256(ASCII(verifier))), without padding: 43 characters (RFC 7636, section 4.2).
std::string ChallengeS256(std::string_view verifier);

}  // namespace modelgates::oauth
