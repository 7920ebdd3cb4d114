#pragma once

#include <array>
#include <bit>
#include <string_view>

#include "base/keyed_mac.h"

namespace modelgates::gateway {

// The identity of an exchange (exchange.md, "How"): equal for identical calls of the same party. A
// party never receives the result of an exchange with another identity.
struct ExchangeIdentity {
  std::string_view auth_code{};
  std::string_view code_verifier{};
  int code_challenge_method = -1;  // -1: absent
  std::string_view credential{};   // the one used upstream: a caller's bearer, or a key's name
  std::string_view caller{};       // the authenticated caller; empty without mTLS
  std::string_view base_url{};
};

// The digest of an identity; nothing else of it is kept.
using ExchangeKey = Hmac::Digest;

inline ExchangeKey ToKey(Hmac& hmac, const ExchangeIdentity& identity) {
  // All bytes of the number: an enum of proto3 may have any value.
  const auto method = std::bit_cast<std::array<char, sizeof(int)>>(identity.code_challenge_method);
  return hmac.Of({identity.auth_code, identity.code_verifier,
                  std::string_view(method.data(), method.size()), identity.credential,
                  identity.caller, identity.base_url});
}

}  // namespace modelgates::gateway
