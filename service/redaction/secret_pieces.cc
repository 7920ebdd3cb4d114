#include "redaction/secret_pieces.h"

#include <absl/strings/escaping.h>

#include <algorithm>
#include <string>

#include "redaction/unescaped_text.h"

namespace modelgates::gateway {
namespace {

static_assert(SecretPieces::kPiece == sizeof(uint64_t));

// The last eight letters and digits that were seen, in one case.
class Window {
 public:
  // False: `c` is neither, and nothing has changed.
  bool Add(char c) {
    const bool digit = c >= '0' && c <= '9';
    const char lower = static_cast<char>(c | 0x20);
    if (!digit && (lower < 'a' || lower > 'z')) return false;
    packed_ = packed_ << 8 | static_cast<uint8_t>(digit ? c : lower);
    ++length_;
    if (digit) last_digit_ = length_;
    return true;
  }
  uint64_t packed() const { return packed_; }
  size_t length() const { return length_; }
  bool full() const { return length_ >= SecretPieces::kPiece; }
  bool has_digit() const { return last_digit_ > 0 && length_ - last_digit_ < SecretPieces::kPiece; }

 private:
  uint64_t packed_ = 0;
  size_t length_ = 0;
  size_t last_digit_ = 0;
};

// What base64 makes of `secret` wherever it begins in what is encoded, without the characters at
// both ends that depend on its neighbours. Every alphabet has the same letters and digits.
std::string Base64(std::string_view secret, size_t bytes_before) {
  std::string bytes(bytes_before, '\0');
  bytes += secret;
  std::string encoded;
  absl::Base64Escape({bytes.data(), bytes.size()}, &encoded);
  encoded.resize(bytes.size() * 8 / 6);
  return encoded.erase(0, (bytes_before * 8 + 5) / 6);
}

}  // namespace

bool SecretPieces::CanFind(std::string_view secret) {
  Window window;
  for (const char c : secret) {
    if (window.Add(c) && window.full() && (window.has_digit() || window.length() >= kWord)) {
      return true;
    }
  }
  return false;
}

void SecretPieces::Reserve(size_t bytes) {
  // As it is, three times in base64, in hex.
  pieces_.reserve(bytes * (1 + 4 + 2));
}

void SecretPieces::Add(std::string_view secret) {
  AddLetters(secret, Weight::kWhole);
  // A secret that looks like an escape itself.
  if (secret.find_first_of("\\%&") != std::string_view::npos) {
    AddLetters(UnescapedText(secret), Weight::kWhole);
  }
  for (const size_t bytes_before : {0, 1, 2}) {
    AddLetters(Base64(secret, bytes_before), Weight::kWhole);
  }
  // Eight digits of hex are four bytes only.
  AddLetters(absl::BytesToHexString({secret.data(), secret.size()}), Weight::kPart);
}

void SecretPieces::AddLetters(std::string_view spelling, Weight with_digit) {
  Window window;
  for (const char c : spelling) {
    if (!window.Add(c) || !window.full()) continue;
    const Weight weight = window.has_digit() ? with_digit : Weight::kPart;
    const auto [piece, added] = pieces_.try_emplace(window.packed(), weight);
    if (!added) piece->second = std::max(piece->second, weight);
  }
}

bool SecretPieces::AreIn(std::string_view text) const {
  if (pieces_.empty()) return false;
  Window window;
  size_t found_from = 0;  // pieces have been found since then, each one character after the other
  for (const char c : text) {
    if (!window.Add(c) || !window.full()) continue;
    const auto piece = pieces_.find(window.packed());
    if (piece == pieces_.end()) {
      found_from = window.length() + 1 - kPiece;
    } else if (piece->second == Weight::kWhole || window.length() - found_from >= kWord) {
      return true;
    }
  }
  return false;
}

}  // namespace modelgates::gateway
