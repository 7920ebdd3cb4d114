#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace modelgates::gateway {

// Whether `text` has what must not reach a terminal, a log or a header field.
inline bool HasControl(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

// Takes the bytes of a fuzzer apart: numbers and texts, then the rest. After the end everything is
// 0 and empty.
class Input {
 public:
  explicit Input(std::string_view bytes) : rest_(bytes) {}

  // From 0 to `below` - 1; `below` is at most 65,536.
  size_t Below(size_t below) {
    const size_t high = Byte();
    return (below > 256 ? high * 256 + Byte() : high) % below;
  }
  // Up to the next line end, without it.
  std::string_view Line() {
    const size_t end = std::min(rest_.find('\n'), rest_.size());
    const std::string_view line = rest_.substr(0, end);
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    return line;
  }
  std::string_view Rest() const { return rest_; }

 private:
  uint8_t Byte() {
    if (rest_.empty()) return 0;
    const auto byte = static_cast<uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return byte;
  }

  std::string_view rest_;
};

}  // namespace modelgates::gateway
