#include "base/percent_encoding.h"

#include <charconv>
#include <string>

namespace modelgates::gateway {

// Not by libcurl, which would leave copies of a password.
std::optional<Secret> PercentDecoded(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  std::optional<Secret> result;
  while (!text.empty()) {
    if (text[0] != '%') {
      decoded += text[0];
      text.remove_prefix(1);
      continue;
    }
    const std::string_view digits = text.substr(1, 2);
    unsigned char byte = 0;
    const char* const end =
        std::from_chars(digits.data(), digits.data() + digits.size(), byte, 16).ptr;
    if (digits.size() < 2 || end != digits.data() + 2) break;
    decoded += static_cast<char>(byte);
    text.remove_prefix(3);
  }
  if (text.empty()) result.emplace(std::string_view(decoded));
  Wipe(decoded);
  return result;
}

}  // namespace modelgates::gateway
