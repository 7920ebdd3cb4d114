#pragma once

#include <string>
#include <string_view>

#include "base/keyed_mac.h"

namespace modelgates::gateway {

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
