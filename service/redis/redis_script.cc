#include "redis/redis_script.h"

#include <absl/strings/escaping.h>
#include <openssl/evp.h>

#include <array>
#include <cstdint>
#include <new>
#include <utility>

namespace modelgates::gateway {

RedisScript::RedisScript(std::string text_in) : text(std::move(text_in)) {
  std::array<uint8_t, 20> digest{};
  unsigned size = 0;
  if (EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha1(), nullptr) != 1) {
    throw std::bad_alloc();
  }
  sha1 = absl::BytesToHexString({reinterpret_cast<const char*>(digest.data()), size});
}

}  // namespace modelgates::gateway
