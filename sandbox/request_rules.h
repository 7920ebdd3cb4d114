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

// What of a create the sandbox acts on; the rest is only checked.
struct CreateRequest {
  std::string callback_origin;
  std::optional<Challenge> challenge;
};

// The rules of the two bodies, fields in the order of the documentation; the first that is broken
// is the answer. Unknown members are ignored. `now` decides whether `expires_at` lies in the
// future.
std::variant<CreateRequest, Violation> ValidateCreate(const nlohmann::json& body, UtcTime now);
std::variant<ExchangeRequest, Violation> ValidateExchange(const nlohmann::json& body);

// 43 to 128 characters that RFC 7636, 4.1 allows: the shape of a verifier and of a challenge.
bool IsPkceText(std::string_view text);

}  // namespace modelgates::sandbox
