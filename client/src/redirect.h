#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "modelgates/oauth/secret_text.h"

namespace modelgates::oauth {

// The user, or the page, said no.
struct Denial {
  std::string error;        // "access_denied"
  std::string description;  // for people; cut, and without control characters
};

using Redirect = std::variant<SecretText, Denial>;

// What a request brings back from the authorization page. Nothing unless `target` is `path`, and
// its query has `state` once, equal, and exactly one of `code` and `error` (RFC 6749,
// section 4.1.2): at most 2,048 and 64 bytes of visible ASCII.
std::optional<Redirect> ParseRedirect(std::string_view target, std::string_view path,
                                      std::string_view state);

// Whether it brings something to `path` for a login with another state.
bool IsRedirectOfAnother(std::string_view target, std::string_view path, std::string_view state);

}  // namespace modelgates::oauth
