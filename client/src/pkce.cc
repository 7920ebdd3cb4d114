#include "modelgates/oauth/pkce.h"

#include <openssl/sha.h>

#include <array>

#include "base64url.h"

namespace modelgates::oauth {

Pkce Pkce::Generate() {
  Pkce pkce;
  pkce.verifier = SecretText(RandomBase64Url());
  pkce.challenge = ChallengeS256(pkce.verifier.Reveal());
  return pkce;
}

std::string ChallengeS256(std::string_view verifier) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(verifier.data()), verifier.size(), digest.data());
  return ToBase64Url(digest);
}

}  // namespace modelgates::oauth
