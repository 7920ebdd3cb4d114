#include "sandbox/form_fields.h"

#include <algorithm>
#include <charconv>

namespace modelgates::sandbox {
namespace {

std::optional<std::string> Unescape(std::string_view text) {
  std::string plain;
  while (!text.empty()) {
    if (text.front() != '%') {
      plain += text.front() == '+' ? ' ' : text.front();
      text.remove_prefix(1);
      continue;
    }
    unsigned char byte = 0;
    const std::string_view digits = text.substr(1, 2);
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), byte, 16);
    if (digits.size() != 2 || error != std::errc{} || end != digits.data() + 2) return {};
    plain += static_cast<char>(byte);
    text.remove_prefix(3);
  }
  return plain;
}

}  // namespace

std::optional<std::map<std::string, std::string>> ParseFormFields(std::string_view text) {
  std::map<std::string, std::string> fields;
  while (!text.empty()) {
    const std::string_view field = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(text.size(), field.size() + 1));
    if (field.empty()) continue;
    const std::size_t equals = std::min(field.find('='), field.size());
    auto name = Unescape(field.substr(0, equals));
    auto value = Unescape(field.substr(std::min(equals + 1, field.size())));
    if (!name || !value || !fields.emplace(*std::move(name), *std::move(value)).second) return {};
  }
  return fields;
}

}  // namespace modelgates::sandbox
