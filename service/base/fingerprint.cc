#include "base/fingerprint.h"

#include <absl/strings/escaping.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include <array>
#include <cstdint>
#include <stdexcept>

namespace modelgates::gateway {
namespace {

constexpr size_t kShownBytes = 6;

void Require(bool ok) {
  if (!ok) throw std::runtime_error("no SipHash");
}

}  // namespace

void Fingerprints::Free::operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }

Fingerprints::Fingerprints() {
  EVP_MAC* mac = EVP_MAC_fetch(nullptr, "SIPHASH", nullptr);
  Require(mac != nullptr);
  context_.reset(EVP_MAC_CTX_new(mac));
  EVP_MAC_free(mac);
  std::array<uint8_t, 16> key;
  Require(RAND_bytes(key.data(), key.size()) == 1);
  size_t size = sizeof(uint64_t);
  const OSSL_PARAM params[] = {OSSL_PARAM_construct_size_t(OSSL_MAC_PARAM_SIZE, &size),
                               OSSL_PARAM_construct_end()};
  const bool ok = EVP_MAC_init(context_.get(), key.data(), key.size(), params) == 1;
  OPENSSL_cleanse(key.data(), key.size());
  Require(ok);
}

Fingerprints::Fingerprints(const Fingerprints& other)
    : context_(EVP_MAC_CTX_dup(other.context_.get())) {
  Require(context_ != nullptr);
}

std::string Fingerprints::Of(std::string_view secret) {
  std::array<uint8_t, sizeof(uint64_t)> hash;
  size_t size = 0;
  // A null key starts anew with the key of the constructor.
  Require(EVP_MAC_init(context_.get(), nullptr, 0, nullptr) == 1 &&
          EVP_MAC_update(context_.get(), reinterpret_cast<const uint8_t*>(secret.data()),
                         secret.size()) == 1 &&
          EVP_MAC_final(context_.get(), hash.data(), &size, hash.size()) == 1 &&
          size == hash.size());
  return absl::BytesToHexString({reinterpret_cast<const char*>(hash.data()), kShownBytes});
}

}  // namespace modelgates::gateway
