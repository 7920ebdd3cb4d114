#include "base64url.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>

namespace modelgates::oauth {

std::string ToBase64Url(std::span<const unsigned char> bytes) {
  // EVP_EncodeBlock adds a terminating zero.
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes.data(),
                                     static_cast<int>(bytes.size()));
  text.resize(static_cast<size_t>(length));
  while (text.ends_with('=')) text.pop_back();
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  return text;
}

std::string RandomBase64Url() {
  std::array<unsigned char, 32> bytes{};
  // getrandom(2) never returns less than requested, up to 256 bytes.
  if (getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
    std::perror("getrandom");
    std::abort();
  }
  std::string text = ToBase64Url(bytes);
  OPENSSL_cleanse(bytes.data(), bytes.size());
  return text;
}

}  // namespace modelgates::oauth
