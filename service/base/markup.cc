#include "base/markup.h"

#include <absl/strings/ascii.h>

#include <algorithm>

namespace modelgates::gateway {
namespace {

char Lower(char c) { return absl::ascii_tolower(static_cast<unsigned char>(c)); }
bool IsSpace(char c) { return absl::ascii_isspace(static_cast<unsigned char>(c)); }
bool IsLetter(char c) { return absl::ascii_isalpha(static_cast<unsigned char>(c)); }

// Where `lower_case` begins in `text`, in any case.
size_t FindIgnoringCase(std::string_view text, std::string_view lower_case) {
  const auto found = std::search(text.begin(), text.end(), lower_case.begin(), lower_case.end(),
                                 [](char a, char b) { return Lower(a) == b; });
  return found == text.end() ? std::string_view::npos : static_cast<size_t>(found - text.begin());
}

bool StartsElement(std::string_view text, std::string_view name) {
  return text.size() > name.size() + 1 &&
         FindIgnoringCase(text.substr(1, name.size()), name) == 0 &&
         !IsLetter(text[name.size() + 1]);
}

}  // namespace

size_t MarkupLength(std::string_view text) {
  if (text.size() < 2 || text[0] != '<') return 0;
  if (!IsLetter(text[1]) && text[1] != '/' && text[1] != '!' && text[1] != '?') return 0;
  const auto through = [text](size_t found, size_t length) {
    return found == std::string_view::npos ? text.size() : found + length;
  };
  if (text.starts_with("<!--")) return through(text.find("-->", 4), 3);
  size_t body_end = 0;
  if (StartsElement(text, "script")) body_end = through(FindIgnoringCase(text, "</script"), 0);
  if (StartsElement(text, "style")) body_end = through(FindIgnoringCase(text, "</style"), 0);
  return through(text.find('>', body_end), 1);
}

std::string StripMarkup(std::string_view text) {
  std::string plain;
  bool space = false;
  for (size_t i = 0; i < text.size();) {
    // Removed markup becomes a space, so that "<<b>script>" cannot form a new tag.
    if (const size_t markup = MarkupLength(text.substr(i)); markup > 0) {
      space = true;
      i += markup;
    } else if (IsSpace(text[i])) {
      space = true;
      ++i;
    } else {
      if (space && !plain.empty()) plain += ' ';
      space = false;
      plain += text[i++];
    }
  }
  return plain;
}

}  // namespace modelgates::gateway
