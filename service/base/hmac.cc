#include "base/hmac.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include <stdexcept>
#include <string>

#include "base/secret.h"

namespace modelgates::gateway {
namespace {

void Require(bool ok, const char* what) {
  // Without randomness or SHA-256 there is no safe way to go on.
  if (!ok) throw std::runtime_error(what);
}

std::string RandomKey() {
  std::string key(32, '\0');
  Require(RAND_bytes(reinterpret_cast<uint8_t*>(key.data()), static_cast<int>(key.size())) == 1,
          "no randomness");
  return key;
}

}  // namespace

void Hmac::Free::operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }

Hmac::Hmac() : Hmac(Secret(RandomKey()).Reveal()) {}

Hmac::Hmac(std::string_view key) {
  EVP_MAC* mac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  Require(mac != nullptr, "no HMAC");
  context_.reset(EVP_MAC_CTX_new(mac));
  EVP_MAC_free(mac);
  char digest[] = "SHA256";
  const OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                               OSSL_PARAM_construct_end()};
  Require(EVP_MAC_init(context_.get(), reinterpret_cast<const uint8_t*>(key.data()), key.size(),
                       params) == 1,
          "HMAC init");
}

Hmac::Digest Hmac::Of(std::initializer_list<std::string_view> parts) {
  Digest digest;
  size_t size = 0;
  // A null key starts anew with the key of the constructor.
  bool ok = EVP_MAC_init(context_.get(), nullptr, 0, nullptr) == 1;
  for (const std::string_view part : parts) {
    const uint64_t length = part.size();
    ok = ok && EVP_MAC_update(context_.get(), reinterpret_cast<const uint8_t*>(&length),
                              sizeof(length)) == 1;
    ok = ok && EVP_MAC_update(context_.get(), reinterpret_cast<const uint8_t*>(part.data()),
                              part.size()) == 1;
  }
  ok = ok && EVP_MAC_final(context_.get(), digest.data(), &size, digest.size()) == 1;
  Require(ok && size == digest.size(), "HMAC");
  return digest;
}

}  // namespace modelgates::gateway
