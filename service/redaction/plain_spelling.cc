#include "redaction/plain_spelling.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/text.h"

namespace modelgates::gateway {
namespace {

constexpr int kMaxLayers = 4;  // JSON within JSON within a page within a link

struct Escape {
  char stands_for;
  size_t length;
};

// The number at the start of `text`: all of at least one digit, at most `max_digits` of them.
std::optional<Escape> Number(std::string_view text, size_t max_digits, int base) {
  unsigned value = 0;
  const std::string_view digits = text.substr(0, max_digits);
  const auto [end, error] = std::from_chars(digits.begin(), digits.end(), value, base);
  if (error != std::errc() || value > 0x7f) return std::nullopt;
  return Escape{static_cast<char>(value), static_cast<size_t>(end - digits.begin())};
}

std::optional<Escape> HexDigits(std::string_view text, size_t prefix, size_t count) {
  if (text.size() < prefix + count) return std::nullopt;
  const auto number = Number(text.substr(prefix), count, 16);
  if (!number || number->length != count) return std::nullopt;
  return Escape{number->stands_for, prefix + count};
}

std::optional<Escape> Backslash(std::string_view text) {
  if (text.size() < 2) return std::nullopt;
  if (text[1] == 'u') return HexDigits(text, 2, 4);
  if (text[1] == 'x') return HexDigits(text, 2, 2);
  if (std::string_view("\\/\"'").find(text[1]) == std::string_view::npos) return std::nullopt;
  return Escape{text[1], 2};
}

std::optional<Escape> CharacterReference(std::string_view text) {
  static constexpr std::pair<std::string_view, char> kNames[] = {
      {"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}};
  for (const auto& [name, character] : kNames) {
    if (text.starts_with(name)) return Escape{character, name.size()};
  }
  if (!text.starts_with("&#")) return std::nullopt;
  const bool hex = text.starts_with("&#x") || text.starts_with("&#X");
  const size_t prefix = hex ? 3 : 2;
  constexpr size_t kMaxDigits = 8;  // with leading zeros
  auto number = Number(text.substr(prefix), kMaxDigits, hex ? 16 : 10);
  if (!number) return std::nullopt;
  number->length += prefix;
  if (text.substr(number->length).starts_with(";")) ++number->length;
  return number;
}

std::optional<Escape> EscapeAt(std::string_view text) {
  switch (text.front()) {
    case '\\':
      return Backslash(text);
    case '%':
      return HexDigits(text, 1, 2);
    case '&':
      return CharacterReference(text);
    default:
      return std::nullopt;
  }
}

bool IsControl(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

}  // namespace

PlainSpelling::PlainSpelling(std::string_view text, Markup markup) {
  text_.reserve(text.size());
  origins_.reserve(text.size());
  for (uint32_t i = 0; i < text.size();) {
    if (markup == Markup::kLeftOut && text[i] == '<') {
      if (const size_t length = MarkupLength(text.substr(i)); length > 0) {
        i += static_cast<uint32_t>(length);
        continue;
      }
    }
    if (!IsControl(text[i])) {
      text_ += text[i];
      origins_.push_back({i, i + 1});
    }
    ++i;
  }
  for (int layer = 0; layer < kMaxLayers && Unescape(); ++layer) {
  }
}

bool PlainSpelling::MayBeSpelled(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    return c == '\\' || c == '%' || c == '&' || c == '<' || IsControl(c);
  });
}

// In place: an escape is longer than what it stands for.
bool PlainSpelling::Unescape() {
  size_t to = text_.find_first_of("\\%&");
  if (to == std::string::npos) return false;
  for (size_t from = to; from < text_.size();) {
    const auto escape = EscapeAt(std::string_view(text_).substr(from));
    const size_t length = escape ? escape->length : 1;
    const char byte = escape ? escape->stands_for : text_[from];
    if (!IsControl(byte)) {
      text_[to] = byte;
      origins_[to] = {origins_[from].begin, origins_[from + length - 1].end};
      ++to;
    }
    from += length;
  }
  const bool changed = to < text_.size();
  text_.resize(to);
  origins_.resize(to);
  return changed;
}

}  // namespace modelgates::gateway
