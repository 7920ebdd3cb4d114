#pragma once

#include <openssl/types.h>

#include <array>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string_view>

namespace modelgates::gateway {

// HMAC-SHA256: compares secrets without keeping them. Not thread-safe.
class Hmac {
 public:
  using Digest = std::array<uint8_t, 32>;

  // Keyed with 32 random bytes: digests have a meaning within this process only.
  Hmac();
  // With a given key, for digests that other processes compute, too. The key is kept by OpenSSL
  // only.
  explicit Hmac(std::string_view key);
  Hmac(Hmac&&) = default;
  Hmac& operator=(Hmac&&) = default;

  // Over all parts, each prefixed with its length, so that moving a byte from one part to the next
  // changes the digest.
  Digest Of(std::initializer_list<std::string_view> parts);

 private:
  struct Free {
    void operator()(EVP_MAC_CTX* context) const;
  };
  std::unique_ptr<EVP_MAC_CTX, Free> context_;
};

}  // namespace modelgates::gateway
