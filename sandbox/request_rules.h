#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "sandbox/code_book.h"
#include "sandbox/utc_time.h"
#include "sandbox/violation.h"

namespace modelgates::sandbox {

// The fields of a create that the sandbox uses; the others are only checked.
struct CreateRequest {
  std::string callback_origin;
  std::optional<Challenge> challenge;
};

// Checks the two bodies, in the documented order of fields, and returns the first violation.
// Unknown members are ignored. `expires_at` must be after `now`.
std::variant<CreateRequest, Violation> ValidateCreate(const nlohmann::json& body, UtcTime now);
std::variant<ExchangeRequest, Violation> ValidateExchange(const nlohmann::json& body);

// Whether it has the form of a verifier or challenge: 43 to 128 characters of RFC 7636, 4.1.
bool IsPkceText(std::string_view text);

}  // namespace modelgates::sandbox
