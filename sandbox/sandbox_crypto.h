#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace modelgates::sandbox {

// `prefix` and `bytes` random bytes of OpenSSL's generator as base64url without padding. The
// program ends when the generator fails: there is nothing safe to go on with.
std::string RandomName(std::string_view prefix, std::size_t bytes);

// BASE64URL(SHA256(ASCII(verifier))) without padding (RFC 7636, 4.2).
std::string S256Challenge(std::string_view verifier);

// BASE64(SHA256(text)), with padding: how Content-Security-Policy names a style.
std::string Sha256Base64(std::string_view text);

// Whether both are equal. The time depends on the lengths only.
bool SameSecret(std::string_view a, std::string_view b);

// A number from 1 to 2^30 that is the same for the same text in every process.
std::int64_t StableNumber(std::string_view text);

// Names secrets in the log so that lines about the same one can be found, and nothing more: the key
// is random and leaves with the process.
class Fingerprinter {
 public:
  Fingerprinter();

  // The first 12 hex digits of HMAC-SHA256(key, secret).
  std::string Of(std::string_view secret) const;

 private:
  std::array<unsigned char, 32> key_;
};

}  // namespace modelgates::sandbox
