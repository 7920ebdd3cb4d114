#include "base/keyed_mac.h"

#include <absl/strings/escaping.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include <stdexcept>
#include <utility>

#include "base/secret.h"

namespace modelgates::gateway {
namespace {

constexpr size_t kSipHashKeyBytes = 16;
constexpr size_t kShownBytes = 6;
using SipHash = std::array<uint8_t, 8>;

const uint8_t* BytesOf(std::string_view text) {
  return reinterpret_cast<const uint8_t*>(text.data());
}

void Require(bool ok, const char* what) {
  if (!ok) throw std::runtime_error(what);
}

Secret RandomKey(size_t bytes) {
  std::string key(bytes, '\0');
  Require(RAND_bytes(reinterpret_cast<uint8_t*>(key.data()), static_cast<int>(bytes)) == 1,
          "no randomness");
  return Secret(std::move(key));
}

KeyedMac HmacSha256(std::string_view key) {
  char digest[] = "SHA256";
  const OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                               OSSL_PARAM_construct_end()};
  return KeyedMac("HMAC", key, params);
}

KeyedMac RandomSipHash() {
  size_t size = sizeof(SipHash);
  const OSSL_PARAM params[] = {OSSL_PARAM_construct_size_t(OSSL_MAC_PARAM_SIZE, &size),
                               OSSL_PARAM_construct_end()};
  return KeyedMac("SIPHASH", RandomKey(kSipHashKeyBytes).Reveal(), params);
}

}  // namespace

void KeyedMac::Free::operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }

KeyedMac::KeyedMac(const char* algorithm, std::string_view key, const OSSL_PARAM* params) {
  EVP_MAC* mac = EVP_MAC_fetch(nullptr, algorithm, nullptr);
  Require(mac != nullptr, algorithm);
  context_.reset(EVP_MAC_CTX_new(mac));
  EVP_MAC_free(mac);
  Require(EVP_MAC_init(context_.get(), BytesOf(key), key.size(), params) == 1, algorithm);
}

KeyedMac::KeyedMac(const KeyedMac& other) : context_(EVP_MAC_CTX_dup(other.context_.get())) {
  Require(context_ != nullptr, "copy of a MAC");
}

void KeyedMac::Start() {
  // A null key starts anew with the key of the constructor.
  Require(EVP_MAC_init(context_.get(), nullptr, 0, nullptr) == 1, "start of a MAC");
}

void KeyedMac::Add(std::string_view part) {
  Require(EVP_MAC_update(context_.get(), BytesOf(part), part.size()) == 1, "part of a MAC");
}

void KeyedMac::Finish(std::span<uint8_t> code) {
  size_t size = 0;
  const bool ok = EVP_MAC_final(context_.get(), code.data(), &size, code.size()) == 1;
  Require(ok && size == code.size(), "end of a MAC");
}

Hmac::Hmac() : Hmac(RandomKey(sizeof(Digest)).Reveal()) {}

Hmac::Hmac(std::string_view key) : mac_(HmacSha256(key)) {}

Hmac::Digest Hmac::Of(std::initializer_list<std::string_view> parts) {
  mac_.Start();
  for (const std::string_view part : parts) {
    const uint64_t length = part.size();
    mac_.Add({reinterpret_cast<const char*>(&length), sizeof(length)});
    mac_.Add(part);
  }
  Digest digest;
  mac_.Finish(digest);
  return digest;
}

Fingerprints::Fingerprints() : mac_(RandomSipHash()) {}

std::string Fingerprints::Of(std::string_view secret) {
  mac_.Start();
  mac_.Add(secret);
  SipHash hash;
  mac_.Finish(hash);
  return absl::BytesToHexString({reinterpret_cast<const char*>(hash.data()), kShownBytes});
}

}  // namespace modelgates::gateway
