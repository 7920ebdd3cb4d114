#pragma once

#include <openssl/types.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "base/secret.h"

namespace modelgates::gateway {

// A message authentication code of OpenSSL, computed again and again with one key. Not thread-safe.
//
// Throws when OpenSSL fails: without randomness or the algorithm there is no safe way to go on.
class KeyedMac {
 public:
  // `algorithm` and `params` as EVP_MAC_fetch and EVP_MAC_init take them. The key is kept by
  // OpenSSL only.
  KeyedMac(const char* algorithm, std::string_view key, const OSSL_PARAM* params);
  // With the same key.
  KeyedMac(const KeyedMac& other);
  KeyedMac(KeyedMac&&) = default;
  KeyedMac& operator=(KeyedMac&&) = default;

  // Start, Add for each part, Finish. `code` has the size that the algorithm gives.
  void Start();
  void Add(std::string_view part);
  void Finish(std::span<uint8_t> code);

 private:
  struct Free {
    void operator()(EVP_MAC_CTX* context) const;
  };
  std::unique_ptr<EVP_MAC_CTX, Free> context_;
};

// Random bytes. Throws when there are none.
Secret RandomKey(size_t bytes);

}  // namespace modelgates::gateway
