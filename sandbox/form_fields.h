#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace modelgates::sandbox {

// The fields of application/x-www-form-urlencoded text: of a query, or of a form's body. Nothing
// when an escape is broken, or when a field comes twice (RFC 6749, 3.1).
std::optional<std::map<std::string, std::string>> ParseFormFields(std::string_view text);

}  // namespace modelgates::sandbox
