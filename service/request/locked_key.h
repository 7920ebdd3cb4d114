#pragma once

#include <cstring>
#include <memory_resource>
#include <string_view>
#include <vector>

namespace modelgates::gateway {

// A key in the given memory. It is overwritten when it is replaced or destroyed.
class LockedKey {
 public:
  explicit LockedKey(std::pmr::memory_resource& memory) : text_(&memory) {}
  LockedKey(const LockedKey&) = delete;
  LockedKey& operator=(const LockedKey&) = delete;
  ~LockedKey() { Set({}); }

  // False: the key has not changed.
  bool Set(std::string_view key) {
    if (key == Reveal()) return false;
    if (!text_.empty()) explicit_bzero(text_.data(), text_.size());
    text_.assign(key.begin(), key.end());
    return true;
  }
  // Empty: no key.
  std::string_view Reveal() const { return {text_.data(), text_.size()}; }

 private:
  std::pmr::vector<char> text_;
};

}  // namespace modelgates::gateway
