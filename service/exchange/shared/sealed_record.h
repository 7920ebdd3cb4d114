#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/secret.h"

namespace modelgates::gateway {

// Makes what came of an exchange unreadable to whoever stores it: only a caller that brings the
// same code and verifier again brings what opens it.
//
//   offset  bytes
//        0      1  version, 1
//        1     32  salt, random
//       33     12  nonce, random
//       45      n  AES-256-GCM of the record
//   45 + n     16  tag
//
// The key is HKDF-SHA256 (RFC 5869) over code and verifier, each with its length before it, with
// that salt, for a purpose that names the version. What is authenticated beside the record is the
// version and the exchange's index, so that a record cannot be passed off as another exchange's.
class RecordSeal {
 public:
  // Keeps a copy of both, wiped with it.
  RecordSeal(std::string_view auth_code, std::string_view code_verifier);

  // nullopt: OpenSSL will not, for want of memory or randomness.
  std::optional<std::string> Seal(std::string_view record, std::string_view index) const;

  // The record. It holds secrets: whoever gets it wipes it. nullopt: not sealed with this code,
  // verifier and index, or changed since, be it by one bit.
  std::optional<std::string> Open(std::string_view sealed, std::string_view index) const;

 private:
  Secret input_;  // of HKDF
};

}  // namespace modelgates::gateway
