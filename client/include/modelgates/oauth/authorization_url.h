#pragma once

#include <optional>
#include <string>

#include "modelgates/oauth/messages.h"
#include "modelgates/oauth/result.h"

namespace modelgates::oauth {

// What the authorization page is asked for.
struct AuthorizationPage {
  // The site of the page, or any URL on it: only scheme, host and port count, as in the SDKs.
  std::string site = "https://modelgates.ai";
  // Where the user comes back to, with `code` added to its query.
  std::string callback_url{};
  // Both or none: a code without PKCE can be exchanged by whoever gets hold of it.
  std::optional<std::string> code_challenge{};
  CodeChallengeMethod code_challenge_method = CodeChallengeMethod::kS256;
  std::optional<double> limit{};  // US dollars; finite
};

// The URL to send the user's browser to: `{site}/auth?callback_url=...`, with code_challenge,
// code_challenge_method and limit after it where they are set, in the order and the encoding
// (application/x-www-form-urlencoded) of the SDKs' createAuthorizationUrl.
//
// Errors: kFieldInvalid, with all violations: a site that is no http or https URL, an empty
// callback_url, a limit that is not finite.
Result<std::string> AuthorizationUrl(const AuthorizationPage& page);

}  // namespace modelgates::oauth
