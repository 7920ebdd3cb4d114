#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/secret.h"

namespace modelgates::gateway {

// Encrypts the result of an exchange, so that the store cannot read it. The key is derived from
// code and verifier: only a caller that repeats the exchange can open the record.
//
//   offset  bytes
//        0      1  version, 1
//        1     32  salt, random
//       33     12  nonce, random
//       45      n  AES-256-GCM of the record
//   45 + n     16  tag
//
// The key is HKDF-SHA256 (RFC 5869) over code and verifier, each prefixed with its length, with
// that salt and an info that names the version. The additional authenticated data are the version
// and the exchange's index, so that a record cannot be used for another exchange.
class RecordSeal {
 public:
  // Keeps a copy of both, which is wiped in the end.
  RecordSeal(std::string_view auth_code, std::string_view code_verifier);

  // nullopt: OpenSSL failed.
  std::optional<std::string> Seal(std::string_view record, std::string_view index) const;

  // The record, which contains secrets: the caller wipes it. nullopt: it was sealed with another
  // code, verifier or index, or was changed since.
  std::optional<std::string> Open(std::string_view sealed, std::string_view index) const;

 private:
  Secret input_;  // of HKDF
};

}  // namespace modelgates::gateway
