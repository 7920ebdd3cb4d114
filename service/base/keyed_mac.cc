#include "base/keyed_mac.h"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <stdexcept>
#include <string>
#include <utility>

namespace modelgates::gateway {
namespace {

const uint8_t* BytesOf(std::string_view text) {
  return reinterpret_cast<const uint8_t*>(text.data());
}

void Require(bool ok, const char* what) {
  if (!ok) throw std::runtime_error(what);
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

Secret RandomKey(size_t bytes) {
  std::string key(bytes, '\0');
  Require(RAND_bytes(reinterpret_cast<uint8_t*>(key.data()), static_cast<int>(bytes)) == 1,
          "no randomness");
  return Secret(std::move(key));
}

}  // namespace modelgates::gateway
