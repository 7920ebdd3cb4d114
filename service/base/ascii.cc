#include "base/ascii.h"

#include <absl/strings/ascii.h>
#include <absl/strings/match.h>

#include <algorithm>

namespace modelgates::gateway {

bool IsAlphanumeric(char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)); }

bool IsVisibleAscii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), IsVisible);
}

bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  return absl::EqualsIgnoreCase({a.data(), a.size()}, {b.data(), b.size()});
}

std::string_view Trim(std::string_view text, std::string_view space) {
  const size_t begin = text.find_first_not_of(space);
  if (begin == std::string_view::npos) return text.substr(0, 0);
  return text.substr(begin, text.find_last_not_of(space) - begin + 1);
}

}  // namespace modelgates::gateway
