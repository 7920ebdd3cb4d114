#include "base/secret.h"

#include <cstring>
#include <utility>

namespace modelgates::gateway {

void Wipe(std::string& text) {
  explicit_bzero(text.data(), text.size());
  // Also the rest of the buffer, which may contain the end of an earlier, longer value.
  text.resize(text.capacity());
  text.clear();
}

[[gnu::noinline]] void WipeStack() {
  char below[64 * 1024];
  explicit_bzero(below, sizeof(below));
}

// A short string is stored inside the object, so a move leaves a copy behind.
Secret::Secret(Secret&& other) noexcept : text_(std::move(other.text_)) { Wipe(other.text_); }

Secret& Secret::operator=(const Secret& other) {
  if (this != &other) {
    Wipe(text_);
    text_ = other.text_;
  }
  return *this;
}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this != &other) {
    Wipe(text_);
    text_ = std::move(other.text_);
    Wipe(other.text_);
  }
  return *this;
}

Secret::~Secret() { Wipe(text_); }

}  // namespace modelgates::gateway
