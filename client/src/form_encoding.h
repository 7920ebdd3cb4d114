#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace modelgates::oauth {

// One value of application/x-www-form-urlencoded text, as browsers write it (WHATWG URL, 5.2).
std::string EncodeFormValue(std::string_view value);

// The pairs of such text, in their order. Nothing when an escape is broken.
std::optional<std::vector<std::pair<std::string, std::string>>> DecodeForm(std::string_view text);

}  // namespace modelgates::oauth
