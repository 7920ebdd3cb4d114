#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sandbox/http_answer.h"

namespace modelgates::sandbox {

// What the user is asked.
struct ConsentQuestion {
  std::string app;              // its origin: the one thing about it that is certain
  std::string token;            // of this page, for the form
  std::optional<double> limit;  // US dollars
};

// The page, usable with the keyboard alone and in any width. It loads nothing and runs nothing, may
// not be framed, and its form goes nowhere but here and back to the app.
HttpResponse ConsentPage(const ConsentQuestion& question);

// A page that only says why there is nothing to decide. `title` is HTML, `text` is any text.
HttpResponse RefusalPage(unsigned http_status, std::string_view title, std::string_view text);

}  // namespace modelgates::sandbox
