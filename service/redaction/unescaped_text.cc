#include "redaction/unescaped_text.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <optional>
#include <utility>

#include "base/text.h"

namespace modelgates::gateway {
namespace {

constexpr char kNoPartOfASecret = 0x7f;
constexpr std::string_view kLettersAndDigits =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

struct Escape {
  char stands_for;
  size_t length;
};

bool IsVisible(char c) { return c >= 0x20 && c < 0x7f; }

// The number at `prefix`: at least one digit, at most `max_digits`.
std::optional<Escape> Number(std::string_view text, size_t prefix, size_t max_digits, int base) {
  if (text.size() <= prefix) return std::nullopt;
  unsigned value = 0;
  const std::string_view digits = text.substr(prefix, max_digits);
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  if (error != std::errc()) return std::nullopt;
  const bool visible = value < 0x7f && IsVisible(static_cast<char>(value));
  return Escape{visible ? static_cast<char>(value) : kNoPartOfASecret,
                prefix + static_cast<size_t>(end - digits.data())};
}

std::optional<Escape> HexDigits(std::string_view text, size_t prefix, size_t count) {
  const auto number = Number(text, prefix, count, 16);
  return number && number->length == prefix + count ? number : std::nullopt;
}

std::optional<Escape> Backslash(std::string_view text) {
  if (text.size() < 2) return std::nullopt;
  if (text[1] == 'u') return HexDigits(text, 2, 4);
  if (text[1] == 'x') return HexDigits(text, 2, 2);
  if (std::string_view("bfnrt").find(text[1]) != std::string_view::npos) {
    return Escape{kNoPartOfASecret, 2};
  }
  if (std::string_view("\\/\"'").find(text[1]) != std::string_view::npos) return Escape{text[1], 2};
  return std::nullopt;
}

std::optional<Escape> CharacterReference(std::string_view text) {
  static constexpr std::pair<std::string_view, char> kNames[] = {
      {"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}};
  if (!text.starts_with("&#")) {
    constexpr size_t kLongestName = 32;  // of those in HTML 5
    const size_t length = text.substr(1, kLongestName).find_first_not_of(kLettersAndDigits);
    if (length == std::string_view::npos || length == 0 || text[1 + length] != ';') {
      return std::nullopt;
    }
    const std::string_view name = text.substr(1, length);
    const auto* const known = std::find_if(std::begin(kNames), std::end(kNames),
                                           [name](const auto& row) { return row.first == name; });
    const char character = known == std::end(kNames) ? kNoPartOfASecret : known->second;
    return Escape{character, length + 2};
  }
  const bool hex = text.starts_with("&#x") || text.starts_with("&#X");
  constexpr size_t kMaxDigits = 8;  // with leading zeros
  auto number = Number(text, hex ? 3 : 2, kMaxDigits, hex ? 16 : 10);
  if (number && text.substr(number->length).starts_with(';')) ++number->length;
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

}  // namespace

// From the end to the start, in place: what follows a character is then free of escapes, so a
// character that an escape stands for may begin the next one. Each escape makes the rest shorter.
std::string UnescapedText(std::string_view text) {
  std::string plain(text);
  size_t begin = plain.size();
  for (size_t i = plain.size(); i-- > 0;) {
    plain[--begin] = plain[i];
    while (const auto escape = EscapeAt(std::string_view(plain).substr(begin))) {
      begin += escape->length - 1;
      plain[begin] = escape->stands_for;
    }
  }
  return plain.erase(0, begin);
}

std::string VisibleAscii(std::string_view text) {
  std::string visible;
  visible.reserve(text.size());
  while (!text.empty()) {
    const size_t markup = MarkupLength(text);
    if (markup == 0 && IsVisible(text.front())) visible += text.front();
    text.remove_prefix(std::max<size_t>(markup, 1));
  }
  return visible;
}

}  // namespace modelgates::gateway
