#pragma once

#include <string>
#include <string_view>

namespace modelgates::oauth {

enum class LoginEnd {
  kSignedIn,
  kDenied,
  kFailed,    // granted, but the exchange failed
  kReturned,  // the app shows the result
  kNotThis,   // not a link of this login: an old tab, or guessed
  kUsedLink,  // the link that starts a login, for the second time
  kTooLarge,  // the head of the request
};

struct Page {
  std::string html;
  // The Content-Security-Policy: only the page's own style.
  std::string policy;
};

// The page for the end of a login, or for another request.
Page LoginEndPage(LoginEnd end, std::string_view app_name);

// For redirects.
Page EmptyPage();

}  // namespace modelgates::oauth
