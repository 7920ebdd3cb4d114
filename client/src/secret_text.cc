#include "modelgates/oauth/secret_text.h"

#include <openssl/crypto.h>

#include <utility>

#include "wipe.h"

namespace modelgates::oauth {

void Wipe(std::string& text) {
  // The whole buffer, not only the current length: an earlier, longer value may have left its end.
  text.resize(text.capacity());
  OPENSSL_cleanse(text.data(), text.size());
  text.clear();
}

bool EqualSecrets(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

// A short string lives inside the object, so moving it away leaves a copy behind.
SecretText::SecretText(std::string text) : text_(std::move(text)) { Wipe(text); }

SecretText::SecretText(SecretText&& other) noexcept : text_(std::move(other.text_)) {
  Wipe(other.text_);
}

SecretText& SecretText::operator=(const SecretText& other) {
  if (this != &other) {
    Wipe(text_);
    text_ = other.text_;
  }
  return *this;
}

SecretText& SecretText::operator=(SecretText&& other) noexcept {
  if (this != &other) {
    Wipe(text_);
    text_ = std::move(other.text_);
    Wipe(other.text_);
  }
  return *this;
}

SecretText::~SecretText() { Wipe(text_); }

bool operator==(const SecretText& a, const SecretText& b) { return EqualSecrets(a.text_, b.text_); }

}  // namespace modelgates::oauth
