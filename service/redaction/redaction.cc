#include "redaction/redaction.h"

#include <algorithm>
#include <cstring>

#include "redaction/unescaped_text.h"

namespace modelgates::gateway {
namespace {

// Shorter texts are found everywhere, and guessed anyway.
constexpr size_t kShortestSecret = 4;

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

std::string LowerCase(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), Lower);
  return lower;
}

bool IsShortWord(std::string_view secret) {
  return secret.size() < SecretPieces::kPiece &&
         std::all_of(secret.begin(), secret.end(),
                     [](char c) { return Lower(c) >= 'a' && Lower(c) <= 'z'; });
}

// Markup is left out before and after escapes are replaced, since each may hide the other, and
// kept, since what is left out may hold a secret itself.
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

}  // namespace

void Redaction::Add(std::string_view secret) {
  if (secret.size() < kShortestSecret || IsShortWord(secret)) return;
  secrets_.push_back(secret);
  if (!SecretPieces::CanFind(secret)) short_secrets_.push_back(secret);
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
  if (pieces_.empty() && !secrets_.empty()) {
    size_t bytes = 0;
    for (const std::string_view secret : secrets_) bytes += secret.size();
    pieces_.Reserve(bytes);
    for (const std::string_view secret : secrets_) pieces_.Add(secret);
  }
  return AnyReading(text.substr(0, kMaxBytes), [this](std::string_view reading) {
    return pieces_.AreIn(reading) || RepeatsShortSecret(reading);
  });
}

std::string Redaction::Apply(std::string_view text) const {
  return std::string(RepeatsSecret(text) ? kWithheld : text.substr(0, kMaxBytes));
}

}  // namespace modelgates::gateway
