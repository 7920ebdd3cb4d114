#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace modelgates::gateway {

// A text without the spellings that frameworks give to what they quote: tags and control characters
// left out, then "\/", "\u0026", "%2F", "&amp;" and "&#38;" written as the character they stand
// for, also when one is within another. Only ASCII characters: a code is nothing else (RFC 6749,
// appendix A.11), and neither are tokens and verifiers.
class PlainSpelling {
 public:
  enum class Markup { kKept, kLeftOut };

  // `text` has less than 4 GiB.
  explicit PlainSpelling(std::string_view text, Markup markup = Markup::kLeftOut);

  // Whether any of these spellings can be in `text`.
  static bool MayBeSpelled(std::string_view text);

  const std::string& text() const { return text_; }

  // Begin and end of what the bytes [begin, end) of text() stand for in the original; begin < end.
  std::pair<size_t, size_t> Origin(size_t begin, size_t end) const {
    return {origins_[begin].begin, origins_[end - 1].end};
  }

 private:
  struct Origins {
    uint32_t begin;
    uint32_t end;
  };

  bool Unescape();

  std::string text_;
  std::vector<Origins> origins_;  // of each byte of text_
};

}  // namespace modelgates::gateway
