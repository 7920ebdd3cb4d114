#pragma once

#include <string>
#include <string_view>

namespace modelgates::oauth {

enum class LoginEnd {
  kGranted,
  kDenied,
  kNotThis,  // an old tab, a guess: another login, or none
};

struct Page {
  std::string html;
  // Of Content-Security-Policy: nothing but the page's own style.
  std::string policy;
};

// What the browser shows, when the redirect has come, and to whatever else came.
Page LoginEndPage(LoginEnd end, std::string_view app_name);

}  // namespace modelgates::oauth
