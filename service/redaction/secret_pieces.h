#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace modelgates::gateway {

// All pieces of secrets, in every encoding that is looked for, and whether a text has one.
class SecretPieces {
 public:
  static constexpr size_t kPiece = 8;  // with a digit
  static constexpr size_t kWord = 12;  // without one: words of the language are shorter

  // Whether `secret` has a piece that is found as it is.
  static bool CanFind(std::string_view secret);

  // Makes room for secrets of so many bytes together.
  void Reserve(size_t bytes);
  void Add(std::string_view secret);
  bool empty() const { return pieces_.empty(); }

  // Whether the letters and digits of `text` contain a piece.
  bool AreIn(std::string_view text) const;

 private:
  enum class Weight : uint8_t { kPart, kWhole };

  void AddLetters(std::string_view spelling, Weight with_digit);

  // Eight lower-case letters and digits each, packed.
  absl::flat_hash_map<uint64_t, Weight> pieces_;
};

}  // namespace modelgates::gateway
