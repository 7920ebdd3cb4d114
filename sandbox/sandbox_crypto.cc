#include "sandbox/sandbox_crypto.h"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <vector>

namespace modelgates::sandbox {
namespace {

using Digest = std::array<unsigned char, SHA256_DIGEST_LENGTH>;

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

void FillRandom(std::span<unsigned char> bytes) {
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) == 1) return;
  std::fputs("oauth-sandbox: no random numbers to be had from OpenSSL\n", stderr);
  std::abort();
}

std::string Base64(std::span<const unsigned char> bytes) {
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes.data(),
                                   static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

std::string Base64Url(std::span<const unsigned char> bytes) {
  std::string text = Base64(bytes);
  text.erase(std::find(text.begin(), text.end(), '='), text.end());
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  return text;
}

Digest Sha256(std::string_view text) {
  Digest digest;
  SHA256(Bytes(text), text.size(), digest.data());
  return digest;
}

}  // namespace

std::string RandomName(std::string_view prefix, std::size_t bytes) {
  std::vector<unsigned char> random(bytes);
  FillRandom(random);
  return fmt::format("{}{}", prefix, Base64Url(random));
}

std::string S256Challenge(std::string_view verifier) { return Base64Url(Sha256(verifier)); }

std::string Sha256Base64(std::string_view text) { return Base64(Sha256(text)); }

bool SameSecret(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::int64_t StableNumber(std::string_view text) {
  const Digest digest = Sha256(text);
  std::int64_t number = 0;
  for (int i = 0; i < 4; ++i) number = number << 8 | digest[static_cast<std::size_t>(i)];
  return (number >> 2) + 1;
}

Fingerprinter::Fingerprinter() { FillRandom(key_); }

std::string Fingerprinter::Of(std::string_view secret) const {
  Digest digest;
  HMAC(EVP_sha256(), key_.data(), static_cast<int>(key_.size()), Bytes(secret), secret.size(),
       digest.data(), nullptr);
  std::string text;
  for (int i = 0; i < 6; ++i) text += fmt::format("{:02x}", digest[static_cast<std::size_t>(i)]);
  return text;
}

}  // namespace modelgates::sandbox
