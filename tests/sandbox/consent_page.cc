#include "sandbox/consent_page.h"

#include <fmt/format.h>

#include "sandbox/sandbox_crypto.h"

namespace modelgates::sandbox {
namespace {

namespace http = boost::beast::http;

constexpr std::string_view kStyle = R"(
:root { color-scheme: light dark; --line: #8886; --accent: #3451d1; }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1rem;
       font: 1.0625rem/1.5 system-ui, sans-serif; }
main { width: 100%; max-width: 28rem; padding: 2rem; border: 1px solid var(--line);
       border-radius: .75rem; }
h1 { font-size: 1.375rem; line-height: 1.3; margin: 0 0 1rem; overflow-wrap: anywhere; }
ul { margin: 0 0 1.5rem; padding-left: 1.25rem; }
.buttons { display: flex; flex-wrap: wrap; gap: .75rem; }
button { flex: 1 1 8rem; min-height: 2.75rem; font: inherit; border-radius: .5rem; cursor: pointer;
         border: 1px solid var(--line); background: transparent; color: inherit; }
button.approve { background: var(--accent); border-color: var(--accent); color: #fff; }
button:focus-visible { outline: 3px solid var(--accent); outline-offset: 3px; }
footer { margin-top: 1.5rem; font-size: .875rem; opacity: .75; }
)";

std::string EscapeHtml(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

HttpResponse HtmlAnswer(unsigned http_status, std::string_view title, const std::string& main,
                        std::string_view form_action) {
  HttpResponse response;
  response.result(http_status);
  response.set(http::field::content_type, "text/html; charset=utf-8");
  response.set(http::field::cache_control, "no-store");
  response.set("Content-Security-Policy",
               fmt::format("default-src 'none'; style-src 'sha256-{}'; form-action {}; "
                           "base-uri 'none'; frame-ancestors 'none'",
                           Sha256Base64(kStyle), form_action));
  response.set("Referrer-Policy", "no-referrer");
  response.set("X-Content-Type-Options", "nosniff");
  response.set("X-Frame-Options", "DENY");
  response.body() = fmt::format(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width\">\n<title>{}</title>\n"
      "<style>{}</style>\n</head>\n<body>\n<main>\n{}</main>\n</body>\n</html>\n",
      title, kStyle, main);
  return response;
}

}  // namespace

HttpResponse ConsentPage(const ConsentQuestion& question) {
  const std::string app = EscapeHtml(question.app);
  const std::string limit =
      question.limit
          ? fmt::format("<li>spend up to {} US dollars with it</li>\n", EscapeHtml(*question.limit))
          : "<li>spend your credit with it, without a limit of its own</li>\n";
  const std::string main = fmt::format(
      "<h1>{0} asks for an API key of your account</h1>\n<p>It could then</p>\n<ul>\n"
      "<li>call models in your name</li>\n{1}</ul>\n"
      "<form method=\"post\" action=\"/auth\">\n"
      "<input type=\"hidden\" name=\"token\" value=\"{2}\">\n<div class=\"buttons\">\n"
      "<button class=\"approve\" name=\"decision\" value=\"approve\" autofocus>Approve</button>\n"
      "<button name=\"decision\" value=\"deny\">Deny</button>\n</div>\n</form>\n"
      "<footer>ModelGates sandbox. You will go back to {0}.</footer>\n",
      app, limit, EscapeHtml(question.token));
  // Browsers hold a form's redirects to this too, so the way back has to be in it.
  return HtmlAnswer(200, "Approve access", main, "'self' " + question.app);
}

HttpResponse RefusalPage(unsigned http_status, std::string_view text) {
  return HtmlAnswer(http_status, "This link does not work",
                    fmt::format("<h1>This link does not work</h1>\n<p>{}</p>\n", EscapeHtml(text)),
                    "'none'");
}

}  // namespace modelgates::sandbox
