#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sandbox/http_answer.h"

namespace modelgates::sandbox {

// The content of the consent page.
struct ConsentQuestion {
  std::string app;              // its origin, the only fact about it that is verified
  std::string token;            // of this page, for its form
  std::optional<double> limit;  // US dollars
};

// The consent page. Its form can be sent only here, and be redirected to the app.
HttpResponse ConsentPage(const ConsentQuestion& question);

// A page with the reason why there is no consent page. `title` is HTML, `text` is plain text.
HttpResponse RefusalPage(unsigned http_status, std::string_view title, std::string_view text);

}  // namespace modelgates::sandbox
