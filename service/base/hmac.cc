#include "base/hmac.h"

#include <openssl/core_names.h>
#include <openssl/params.h>

namespace modelgates::gateway {
namespace {

KeyedMac HmacSha256(std::string_view key) {
  char digest[] = "SHA256";
  const OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                               OSSL_PARAM_construct_end()};
  return KeyedMac("HMAC", key, params);
}

}  // namespace

Hmac::Hmac() : Hmac(RandomKey(sizeof(Digest)).Reveal()) {}

Hmac::Hmac(std::string_view key) : mac_(HmacSha256(key)) {}

Hmac::Digest Hmac::Of(std::initializer_list<std::string_view> parts) {
  mac_.Start();
  for (const std::string_view part : parts) {
    const uint64_t length = part.size();
    mac_.Add({reinterpret_cast<const char*>(&length), sizeof(length)});
    mac_.Add(part);
  }
  Digest digest;
  mac_.Finish(digest);
  return digest;
}

}  // namespace modelgates::gateway
