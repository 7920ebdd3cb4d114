#pragma once

#include <optional>
#include <string_view>

#include "config/config.h"
#include "failure/violation.h"

namespace modelgates::gateway {

// What is wrong with a callback URL; nullopt: nothing.
//
// Checks `url` (RFC 6749, section 3.1.2: absolute, without fragment; no user info; at most 2,048
// bytes), then the policy: kDocumented is what the API documents, "only https URLs on ports 443 and
// 3000 are allowed". kAny allows every scheme with an authority, including those of native apps
// (RFC 8252). A URL outside the policy is CALLBACK_URL_NOT_ALLOWED; its rule names the setting.
std::optional<Violation> CheckCallbackUrl(std::string_view url, CallbackPolicy policy);

}  // namespace modelgates::gateway
