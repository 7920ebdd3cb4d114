#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "modelgates/oauth/secret_text.h"

namespace modelgates::oauth {

// The user or the authorization page refused.
struct Denial {
  std::string error;        // "access_denied"
  std::string description;  // for people; cut, without control characters
};

using Redirect = std::variant<SecretText, Denial>;

// Reads the redirect from the authorization page (RFC 6749, section 4.1.2). nullopt unless the path
// of `target` is `path`, and its query has `state` once, with this value, and exactly one of `code`
// and `error`: at most 2,048 and 64 bytes of visible ASCII.
std::optional<Redirect> ParseRedirect(std::string_view target, std::string_view path,
                                      std::string_view state);

// Whether `target` is a redirect to `path` for a login with another state.
bool IsRedirectOfAnother(std::string_view target, std::string_view path, std::string_view state);

}  // namespace modelgates::oauth
