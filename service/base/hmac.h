#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <string_view>

#include "base/keyed_mac.h"

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

  // Over all parts, each prefixed with its length, so that moving a byte from one part to the next
  // changes the digest.
  Digest Of(std::initializer_list<std::string_view> parts);

 private:
  KeyedMac mac_;
};

}  // namespace modelgates::gateway
