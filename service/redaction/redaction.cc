#include "redaction/redaction.h"

#include <absl/strings/ascii.h>
#include <absl/strings/escaping.h>
#include <absl/strings/str_split.h>

#include <algorithm>
#include <cstring>

#include "redaction/unescaped_text.h"

namespace modelgates::gateway {
namespace {

// Shorter texts occur by accident, and can be guessed.
constexpr size_t kShortestSecret = 4;

constexpr size_t kPiece = 8;  // with a digit
constexpr size_t kWord = 12;  // without one: words of the language are shorter

// Calls `see` with every piece of the letters and digits of `text`, packed, in lower case, until it
// returns true. A kPiece has no bits above 64, a kWord has.
template <class See>
bool AnyPiece(std::string_view text, See see) {
  constexpr absl::uint128 kWordMask = (absl::uint128(1) << (8 * kWord)) - 1;
  absl::uint128 last = 0;
  size_t length = 0;
  size_t last_digit = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (!absl::ascii_isalnum(byte)) continue;
    last = last << 8 | static_cast<unsigned char>(absl::ascii_tolower(byte));
    ++length;
    if (absl::ascii_isdigit(byte)) last_digit = length;
    const bool has_digit = last_digit > 0 && length - last_digit < kPiece;
    if (length >= kPiece && has_digit && see(absl::uint128(absl::Uint128Low64(last)))) return true;
    if (length >= kWord && see(last & kWordMask)) return true;
  }
  return false;
}

// The base64 form of `secret` after `bytes_before` other bytes, without the characters at both ends
// that depend on its neighbours. All alphabets have the same letters and digits.
std::string Base64(std::string_view secret, size_t bytes_before) {
  std::string bytes(bytes_before, '\0');
  bytes += secret;
  std::string encoded;
  absl::Base64Escape({bytes.data(), bytes.size()}, &encoded);
  encoded.resize(bytes.size() * 8 / 6);
  return encoded.erase(0, (bytes_before * 8 + 5) / 6);
}

bool IsShortWord(std::string_view secret) {
  return secret.size() < kPiece && std::all_of(secret.begin(), secret.end(), [](char c) {
           return absl::ascii_isalpha(static_cast<unsigned char>(c));
         });
}

std::string LowerCase(std::string_view text) {
  return absl::AsciiStrToLower({text.data(), text.size()});
}

// Markup is removed before and after escapes are replaced, because each may hide the other, and is
// also kept, because it may contain a secret itself.
template <typename Predicate>
bool AnyReading(std::string_view text, const Predicate& repeats) {
  if (repeats(text)) return true;
  const auto reads_otherwise = [](char c) {
    return c == '\\' || c == '%' || c == '&' || c == '<' || c < 0x20 || c > 0x7e;
  };
  if (std::none_of(text.begin(), text.end(), reads_otherwise)) return false;
  const std::string plain = UnescapedText(text);
  return repeats(plain) || repeats(VisibleAscii(plain)) ||
         repeats(UnescapedText(VisibleAscii(text)));
}

bool IsKeyLike(absl::string_view word) {
  constexpr size_t kMinMixedBytes = 8;
  constexpr size_t kMinBytes = 24;
  const bool has_digit = std::any_of(word.begin(), word.end(), absl::ascii_isdigit);
  const bool has_letter = std::any_of(word.begin(), word.end(), absl::ascii_isalpha);
  return word.size() >= kMinBytes || (word.size() >= kMinMixedBytes && has_digit && has_letter);
}

}  // namespace

void Redaction::Add(std::string_view secret) {
  if (secret.size() < kShortestSecret || IsShortWord(secret)) return;
  secrets_.push_back(secret);
  if (!AnyPiece(secret, [](absl::uint128) { return true; })) short_secrets_.push_back(secret);
}

void Redaction::AddPieces(std::string_view secret) const {
  const auto add = [this](absl::uint128 piece) {
    pieces_.insert(piece);
    return false;
  };
  AnyPiece(secret, add);
  // For a secret that contains an escape.
  AnyPiece(UnescapedText(secret), add);
  for (const size_t bytes_before : {0, 1, 2}) AnyPiece(Base64(secret, bytes_before), add);
  // Not the short pieces: eight hex digits are only four bytes.
  AnyPiece(absl::BytesToHexString({secret.data(), secret.size()}),
           [&](absl::uint128 piece) { return absl::Uint128High64(piece) != 0 && add(piece); });
}

bool Redaction::HasPiece(std::string_view text) const {
  return !pieces_.empty() &&
         AnyPiece(text, [this](absl::uint128 piece) { return pieces_.contains(piece); });
}

bool Redaction::RepeatsShortSecret(std::string_view text) const {
  if (short_secrets_.empty()) return false;
  const std::string lower = LowerCase(text);
  return std::any_of(short_secrets_.begin(), short_secrets_.end(), [&](std::string_view secret) {
    // memmem is linear, which string_view::find is not.
    return memmem(lower.data(), lower.size(), LowerCase(secret).data(), secret.size()) != nullptr;
  });
}

bool Redaction::RepeatsSecret(std::string_view text) const {
  if (pieces_.empty()) {
    for (const std::string_view secret : secrets_) AddPieces(secret);
  }
  return AnyReading(text.substr(0, kMaxBytes), [this](std::string_view reading) {
    return HasPiece(reading) || RepeatsShortSecret(reading);
  });
}

std::string Redaction::Apply(std::string_view text) const {
  return std::string(RepeatsSecret(text) ? kWithheld : text.substr(0, kMaxBytes));
}

bool HasKeyLikeWord(std::string_view text) {
  const auto words = absl::StrSplit(absl::string_view(text.data(), text.size()),
                                    absl::ByAnyChar(" \t\r\n\v\f"), absl::SkipEmpty());
  return std::any_of(words.begin(), words.end(), IsKeyLike);
}

}  // namespace modelgates::gateway
