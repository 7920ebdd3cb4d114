#include "redaction/unescaped_text.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "base/ascii.h"
#include "base/markup.h"

namespace modelgates::gateway {
namespace {

constexpr char kNoPartOfASecret = 0x7f;

struct Escape {
  char stands_for;
  size_t length;
};

bool IsPrintable(char c) { return c >= 0x20 && c < 0x7f; }

// A numeric escape of a character in URLs, JSON or HTML.
struct NumberForm {
  std::string_view prefix;
  int base;
  size_t min_digits;
  size_t max_digits;
};
constexpr NumberForm kNumberForms[] = {{"%", 16, 2, 2},   {"\\u", 16, 4, 4}, {"\\x", 16, 2, 2},
                                       {"&#x", 16, 1, 8}, {"&#X", 16, 1, 8}, {"&#", 10, 1, 8}};

std::optional<Escape> NumberAt(std::string_view text) {
  for (const auto& [prefix, base, min_digits, max_digits] : kNumberForms) {
    if (!text.starts_with(prefix)) continue;
    const std::string_view digits = text.substr(prefix.size(), max_digits);
    unsigned value = 0;
    const auto [end, error] = std::from_chars(digits.begin(), digits.end(), value, base);
    const auto count = static_cast<size_t>(end - digits.begin());
    if (error != std::errc() || count < min_digits) continue;
    size_t length = prefix.size() + count;
    if (prefix[0] == '&' && text.substr(length).starts_with(';')) ++length;
    const bool visible = value < 0x7f && IsPrintable(static_cast<char>(value));
    return Escape{visible ? static_cast<char>(value) : kNoPartOfASecret, length};
  }
  return std::nullopt;
}

// A JSON escape of one letter.
std::optional<Escape> LetterAt(std::string_view text) {
  if (text.size() < 2 || text[0] != '\\') return std::nullopt;
  if (std::string_view("\\/\"'").find(text[1]) != std::string_view::npos) return Escape{text[1], 2};
  if (std::string_view("bfnrt").find(text[1]) == std::string_view::npos) return std::nullopt;
  return Escape{kNoPartOfASecret, 2};
}

// A named character reference of HTML.
std::optional<Escape> NameAt(std::string_view text) {
  static constexpr std::pair<std::string_view, char> kNames[] = {
      {"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}};
  if (text[0] != '&') return std::nullopt;
  for (const auto& [name, character] : kNames) {
    if (text.starts_with(name)) return Escape{character, name.size()};
  }
  constexpr size_t kLongestName = 32;  // of those in HTML 5
  const std::string_view word = text.substr(1, kLongestName);
  const auto end = std::find_if_not(word.begin(), word.end(), IsAlphanumeric);
  if (end == word.begin() || end == word.end() || *end != ';') return std::nullopt;
  return Escape{kNoPartOfASecret, static_cast<size_t>(end - word.begin()) + 2};
}

std::optional<Escape> EscapeAt(std::string_view text) {
  if (text[0] != '\\' && text[0] != '%' && text[0] != '&') return std::nullopt;
  if (const auto number = NumberAt(text)) return number;
  if (const auto letter = LetterAt(text)) return letter;
  return NameAt(text);
}

}  // namespace

// From the end to the start, in place: the text after a character then has no escapes, so the
// character of an escape may begin another one. Each escape makes the rest shorter.
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
    if (markup == 0 && IsPrintable(text.front())) visible += text.front();
    text.remove_prefix(std::max<size_t>(markup, 1));
  }
  return visible;
}

}  // namespace modelgates::gateway
