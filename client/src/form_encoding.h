#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace modelgates::oauth {

// Encodes a value for application/x-www-form-urlencoded text (WHATWG URL, 5.2).
std::string EncodeFormValue(std::string_view value);

// The pairs of application/x-www-form-urlencoded text, in order. nullopt: an escape is invalid.
std::optional<std::vector<std::pair<std::string, std::string>>> DecodeForm(std::string_view text);

}  // namespace modelgates::oauth
