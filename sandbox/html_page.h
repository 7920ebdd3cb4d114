#pragma once

#include <string>
#include <string_view>

#include "sandbox/http_answer.h"

namespace modelgates::sandbox {

// The frame of all pages of the sandbox.
struct HtmlPage {
  std::string_view title;  // HTML
  std::string main;        // HTML, below the brand
  // Where a form may be sent and redirected to, as in a Content-Security-Policy.
  std::string form_action = "'none'";
  bool wide = false;  // for a page with code; else a card
};

// The page with its style in it, usable by keyboard only and in any width. It loads nothing, has no
// scripts, and cannot be framed.
HttpResponse HtmlAnswer(unsigned http_status, const HtmlPage& page);

std::string EscapeHtml(std::string_view text);

}  // namespace modelgates::sandbox
