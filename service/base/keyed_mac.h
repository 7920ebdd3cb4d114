#pragma once

#include <openssl/types.h>

#include <array>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace modelgates::gateway {

// A message authentication code of OpenSSL, for many messages with one key. Not thread-safe.
//
// Throws when OpenSSL fails: without randomness or the algorithm there is no safe way to go on.
class KeyedMac {
 public:
  // `algorithm` and `params`: arguments of EVP_MAC_fetch and EVP_MAC_init. Only OpenSSL keeps the
  // key.
  KeyedMac(const char* algorithm, std::string_view key, const OSSL_PARAM* params);
  // With the same key.
  KeyedMac(const KeyedMac& other);
  KeyedMac(KeyedMac&&) = default;
  KeyedMac& operator=(KeyedMac&&) = default;

  // Start, Add for each part, Finish. `code` must have the algorithm's output size.
  void Start();
  void Add(std::string_view part);
  void Finish(std::span<uint8_t> code);

 private:
  struct Free {
    void operator()(EVP_MAC_CTX* context) const;
  };
  std::unique_ptr<EVP_MAC_CTX, Free> context_;
};

// HMAC-SHA256: compares secrets without keeping them. Not thread-safe.
class Hmac {
 public:
  using Digest = std::array<uint8_t, 32>;

  // Keyed with 32 random bytes: digests have a meaning within this process only.
  Hmac();
  // With a given key, for digests that other processes compute, too.
  explicit Hmac(std::string_view key);

  // Over all parts, each prefixed with its length, so that moving a byte from one part to the next
  // changes the digest.
  Digest Of(std::initializer_list<std::string_view> parts);

 private:
  KeyedMac mac_;
};

// Identifies a secret in the log: equal secrets have equal fingerprints within one process, and a
// fingerprint reveals nothing about the secret. SipHash-2-4 with a random key of 128 bits; a
// collision only confuses readers of the log, so a shorter hash than HMAC-SHA256 is enough. Not
// thread-safe.
class Fingerprints {
 public:
  // With a random key. A copy has the same key, for another thread.
  Fingerprints();

  // 12 hexadecimal digits.
  std::string Of(std::string_view secret);

 private:
  KeyedMac mac_;
};

}  // namespace modelgates::gateway
