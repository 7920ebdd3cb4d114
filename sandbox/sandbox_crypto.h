#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace modelgates::sandbox {

// `prefix` and `bytes` random bytes of OpenSSL's generator as base64url without padding. Ends the
// program if the generator fails, because there is no safe alternative.
std::string RandomName(std::string_view prefix, std::size_t bytes);

// BASE64URL(SHA256(ASCII(verifier))) without padding (RFC 7636, 4.2).
std::string S256Challenge(std::string_view verifier);

// BASE64(SHA256(text)), with padding: the source expression of a style in a policy.
std::string Sha256Base64(std::string_view text);

// Whether both are equal, in a time that depends on their lengths only.
bool SameSecret(std::string_view a, std::string_view b);

// A number from 1 to 2^30 that depends on `text` only.
std::int64_t StableNumber(std::string_view text);

// Identifies secrets in the log: equal secrets have equal fingerprints, which reveal nothing else,
// because the key is random in each process.
class Fingerprinter {
 public:
  Fingerprinter();

  // The first 12 hex digits of HMAC-SHA256(key, secret).
  std::string Of(std::string_view secret) const;

 private:
  std::array<unsigned char, 32> key_;
};

}  // namespace modelgates::sandbox
