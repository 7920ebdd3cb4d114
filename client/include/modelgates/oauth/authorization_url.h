#pragma once

#include <optional>
#include <string>

#include "modelgates/oauth/messages.h"
#include "modelgates/oauth/result.h"

namespace modelgates::oauth {

// The parameters of the authorization page.
struct AuthorizationPage {
  // The site of the page, or any URL on it: only scheme, host and port are used, as in the SDKs.
  std::string site = "https://modelgates.ai";
  // The URL that the user returns to, with `code` added to its query. Required.
  std::string callback_url{};
  // Absent: a code without PKCE, which anybody who obtains it can exchange.
  std::optional<std::string> code_challenge{};
  CodeChallengeMethod code_challenge_method = CodeChallengeMethod::kS256;
  std::optional<double> limit{};  // US dollars; finite
};

// The URL for the user's browser: `{site}/auth?callback_url=...`, followed by code_challenge,
// code_challenge_method and limit if they are set, in the order and the encoding
// (application/x-www-form-urlencoded) of the SDKs' createAuthorizationUrl.
//
// Errors: kFieldInvalid, with all violations: the site is not an http or https URL, callback_url is
// empty, or limit is not finite.
Result<std::string> AuthorizationUrl(const AuthorizationPage& page);

}  // namespace modelgates::oauth
