#pragma once

#include <openssl/types.h>

#include <memory>
#include <string>
#include <string_view>

namespace modelgates::gateway {

// Identifies a secret in the log: equal secrets have equal fingerprints within one process, and a
// fingerprint reveals nothing about the secret. SipHash-2-4 with a random key of 128 bits; a
// collision only confuses readers of the log, so a shorter hash than HMAC-SHA256 is enough. Not
// thread-safe.
class Fingerprints {
 public:
  // With a random key.
  Fingerprints();
  // With the same key, for another thread.
  Fingerprints(const Fingerprints& other);
  Fingerprints& operator=(const Fingerprints&) = delete;

  // 12 hexadecimal digits.
  std::string Of(std::string_view secret);

 private:
  struct Free {
    void operator()(EVP_MAC_CTX* context) const;
  };
  std::unique_ptr<EVP_MAC_CTX, Free> context_;
};

}  // namespace modelgates::gateway
