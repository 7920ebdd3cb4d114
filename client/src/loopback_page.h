#pragma once

#include <string>
#include <string_view>

namespace modelgates::oauth {

enum class LoginEnd {
  kSignedIn,
  kDenied,
  kFailed,    // granted, and no key all the same
  kReturned,  // the app alone knows
  kNotThis,   // an old tab, a guess: another login, or none
  kUsedLink,  // the link that starts a login, for the second time
  kTooLarge,  // the head of the request
};

struct Page {
  std::string html;
  // Of Content-Security-Policy: nothing but the page's own style.
  std::string policy;
};

// What the browser shows, when the redirect has come, and to whatever else came.
Page LoginEndPage(LoginEnd end, std::string_view app_name);

// Of a redirect.
Page EmptyPage();

}  // namespace modelgates::oauth
