#include "redaction/key_like_word.h"

#include <absl/strings/ascii.h>
#include <absl/strings/str_split.h>

#include <algorithm>
#include <string>

namespace modelgates::gateway {
namespace {

bool IsKeyLike(absl::string_view word) {
  constexpr size_t kMinMixedBytes = 8;
  constexpr size_t kMinBytes = 24;
  const bool has_digit = std::any_of(word.begin(), word.end(), absl::ascii_isdigit);
  const bool has_letter = std::any_of(word.begin(), word.end(), absl::ascii_isalpha);
  return word.size() >= kMinBytes || (word.size() >= kMinMixedBytes && has_digit && has_letter);
}

}  // namespace

bool HasKeyLikeWord(std::string_view text) {
  const auto words = absl::StrSplit(absl::string_view(text.data(), text.size()),
                                    absl::ByAnyChar(" \t\r\n\v\f"), absl::SkipEmpty());
  return std::any_of(words.begin(), words.end(), IsKeyLike);
}

}  // namespace modelgates::gateway
