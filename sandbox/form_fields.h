#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace modelgates::sandbox {

// The fields of application/x-www-form-urlencoded text, of a query or a body. nullopt: an escape is
// invalid, or a field is repeated (RFC 6749, 3.1).
std::optional<std::map<std::string, std::string>> ParseFormFields(std::string_view text);

}  // namespace modelgates::sandbox
