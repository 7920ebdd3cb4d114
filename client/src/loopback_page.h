#pragma once

#include <string>
#include <string_view>

namespace modelgates::oauth {

enum class LoginEnd { kGranted, kDenied };

struct Page {
  std::string html;
  // Of Content-Security-Policy: nothing but the page's own style.
  std::string policy;
};

// What the browser shows when the redirect has come.
Page LoginEndPage(LoginEnd end, std::string_view app_name);

}  // namespace modelgates::oauth
