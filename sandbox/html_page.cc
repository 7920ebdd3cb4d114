#include "sandbox/html_page.h"

#include <fmt/format.h>

#include "sandbox/sandbox_crypto.h"

namespace modelgates::sandbox {
namespace {

namespace http = boost::beast::http;

// A light and a dark set of colours, with a contrast of 4.5:1 for text and 3:1 for edges and focus.
constexpr std::string_view kStyle = R"(
:root { color-scheme: light dark; --back: #f3f4f9; --card: #fff; --inset: #f3f4f9; --text: #171a2c;
        --quiet: #565c73; --line: #d9dce8; --edge: #7a8099; --accent: #3451d1; --on-accent: #fff; }
@media (prefers-color-scheme: dark) {
  :root { --back: #0e1017; --card: #181b26; --inset: #212533; --text: #eceef7; --quiet: #a9afc5;
          --line: #333950; --edge: #7c839d; --accent: #a9b9ff; --on-accent: #10142b; }
}
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1rem;
       background: var(--back); color: var(--text);
       font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main { width: 100%; max-width: 27rem; padding: clamp(1.25rem, 6vw, 2.25rem);
       background: var(--card); border: 1px solid var(--line); border-radius: 1rem;
       box-shadow: 0 1px 2px #0001, 0 12px 32px #0001; overflow-wrap: anywhere; text-wrap: pretty; }
main.wide { max-width: 44rem; }
.brand { display: flex; align-items: center; gap: .5rem; margin: 0 0 1.5rem; font-weight: 600; }
.brand svg { fill: var(--accent); flex: none; }
.brand span { padding: 0 .5rem; border: 1px solid var(--edge); border-radius: 1rem;
              font-size: .8125rem; font-weight: 400; color: var(--quiet); }
h1 { font-size: clamp(1.3125rem, 6vw, 1.5rem); line-height: 1.25; margin: 0 0 1rem; text-wrap: balance; }
p { margin: 0; }
.app { padding: .75rem 1rem; margin: 0 0 1.25rem; background: var(--inset);
       border-radius: .625rem; }
.app strong { display: block; }
.app span, footer { font-size: .875rem; color: var(--quiet); }
ul { margin: .375rem 0 1.5rem; padding-left: 1.25rem; }
li { padding-left: .25rem; }
li::marker { color: var(--accent); }
h2 { font-size: 1rem; margin: 1.75rem 0 .375rem; }
a { color: var(--accent); }
code, pre { font: .875rem/1.5 ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
pre { margin: .5rem 0 .75rem; padding: .75rem 1rem; background: var(--inset); border-radius: .625rem;
      white-space: pre-wrap; text-wrap: wrap; }
dl { display: grid; grid-template-columns: 1fr auto; margin: .5rem 0 .75rem; }
dt, dd { margin: 0; padding: .25rem 0; border-bottom: 1px solid var(--line); }
dd { padding-left: 1rem; text-align: right; font-variant-numeric: tabular-nums; }
.buttons { display: flex; flex-wrap: wrap; gap: .75rem; }
button { flex: 1 1 8rem; min-height: 2.875rem; font: inherit; font-weight: 600; cursor: pointer;
         border-radius: .625rem; border: 1px solid var(--edge); background: var(--card);
         color: var(--text); }
button:hover { border-color: var(--text); }
button.approve { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
button.approve:hover { border-color: var(--text); }
button:focus-visible, a:focus-visible { outline: 3px solid var(--accent); outline-offset: 3px; }
footer { margin-top: 1.5rem; padding-top: 1rem; border-top: 1px solid var(--line); }
)";

// The logo, a gate. Inline, because the page loads nothing.
constexpr std::string_view kBrand =
    "<p class=\"brand\"><svg viewBox=\"0 0 24 24\" width=\"24\" height=\"24\" "
    "aria-hidden=\"true\"><path d=\"M2 21V11a10 10 0 0 1 20 0v10h-6V11a4 4 0 0 0-8 0v10z\"/></svg>"
    "ModelGates <span>Sandbox</span></p>\n";

}  // namespace

HttpResponse HtmlAnswer(unsigned http_status, const HtmlPage& page) {
  HttpResponse response;
  response.result(http_status);
  response.set(http::field::content_type, "text/html; charset=utf-8");
  response.set(http::field::cache_control, "no-store");
  response.set("Content-Security-Policy",
               fmt::format("default-src 'none'; style-src 'sha256-{}'; form-action {}; "
                           "base-uri 'none'; frame-ancestors 'none'",
                           Sha256Base64(kStyle), page.form_action));
  response.set("Referrer-Policy", "no-referrer");
  response.set("X-Content-Type-Options", "nosniff");
  response.set("X-Frame-Options", "DENY");
  response.body() = fmt::format(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<title>{} \u2013 ModelGates sandbox</title>\n<style>{}</style>\n</head>\n<body>\n"
      "<main{}>\n{}{}</main>\n</body>\n</html>\n",
      page.title, kStyle, page.wide ? " class=\"wide\"" : "", kBrand, page.main);
  return response;
}

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

}  // namespace modelgates::sandbox
