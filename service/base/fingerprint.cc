#include "base/fingerprint.h"

#include <absl/strings/escaping.h>
#include <openssl/core_names.h>
#include <openssl/params.h>

#include <array>
#include <cstdint>

namespace modelgates::gateway {
namespace {

constexpr size_t kKeyBytes = 16;
constexpr size_t kShownBytes = 6;
using Hash = std::array<uint8_t, 8>;

KeyedMac SipHash() {
  size_t size = sizeof(Hash);
  const OSSL_PARAM params[] = {OSSL_PARAM_construct_size_t(OSSL_MAC_PARAM_SIZE, &size),
                               OSSL_PARAM_construct_end()};
  return KeyedMac("SIPHASH", RandomKey(kKeyBytes).Reveal(), params);
}

}  // namespace

Fingerprints::Fingerprints() : mac_(SipHash()) {}

std::string Fingerprints::Of(std::string_view secret) {
  mac_.Start();
  mac_.Add(secret);
  Hash hash;
  mac_.Finish(hash);
  return absl::BytesToHexString({reinterpret_cast<const char*>(hash.data()), kShownBytes});
}

}  // namespace modelgates::gateway
