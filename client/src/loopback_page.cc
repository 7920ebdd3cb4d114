#include "loopback_page.h"

#include <openssl/evp.h>
#include <openssl/sha.h>

namespace modelgates::oauth {
namespace {

// A light and a dark set of colours, each with a contrast of at least 4.5:1 for text.
constexpr std::string_view kStyle = R"(
:root { color-scheme: light dark; --back: #f3f4f9; --card: #fff; --text: #171a2c; --quiet: #565c73;
        --line: #d9dce8; --accent: #3451d1; --good: #1a7f4b; --bad: #b3361b; }
@media (prefers-color-scheme: dark) {
  :root { --back: #0e1017; --card: #181b26; --text: #eceef7; --quiet: #a9afc5; --line: #333950;
          --accent: #a9b9ff; --good: #4fcf8f; --bad: #ff9377; }
}
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1rem;
       box-sizing: border-box; background: var(--back); color: var(--text);
       font: 1.0625rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main { box-sizing: border-box; width: 100%; max-width: 27rem; padding: 2.25rem 1.5rem;
       background: var(--card); border: 1px solid var(--line); border-radius: 1rem;
       box-shadow: 0 1px 2px #0001, 0 12px 32px #0001; text-align: center;
       overflow-wrap: anywhere; }
.brand { display: flex; align-items: center; justify-content: center; gap: .5rem;
         margin: 0 0 1.75rem; font-weight: 600; color: var(--text); }
.brand svg { fill: var(--accent); flex: none; }
.mark { fill: none; stroke: var(--quiet); stroke-width: 2; stroke-linecap: round;
        stroke-linejoin: round; }
.good .mark { stroke: var(--good); }
.bad .mark { stroke: var(--bad); }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 1rem 0 .5rem; text-wrap: balance; }
p { margin: 0; color: var(--quiet); text-wrap: balance; }
)";

// As on the page that asked for consent.
constexpr std::string_view kBrand =
    "<p class=\"brand\"><svg viewBox=\"0 0 24 24\" width=\"24\" height=\"24\" "
    "aria-hidden=\"true\"><path d=\"M2 21V11a10 10 0 0 1 20 0v10h-6V11a4 4 0 0 0-8 0v10z\"/></svg>"
    "ModelGates</p>\n";

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

// The source expression of a style in a Content-Security-Policy (CSP 3, section 2.3.1).
std::string Sha256Source(std::string_view text) {
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest);
  unsigned char base64[4 * ((SHA256_DIGEST_LENGTH + 2) / 3) + 1];
  EVP_EncodeBlock(base64, digest, SHA256_DIGEST_LENGTH);
  return std::string("'sha256-") + reinterpret_cast<const char*>(base64) + "'";
}

// `mark`: an SVG path of 24 by 24, drawn within a circle. `text` is HTML.
Page MakePage(std::string_view kind, std::string_view mark, std::string_view title,
              const std::string& text) {
  Page page;
  page.html = "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n";
  page.html += "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>";
  page.html += title;
  page.html += "</title>\n<style>";
  page.html += kStyle;
  page.html += "</style>\n</head>\n<body>\n<main class=\"";
  page.html += kind;
  page.html += "\">\n";
  page.html += kBrand;
  page.html += "<svg class=\"mark\" viewBox=\"0 0 24 24\" width=\"56\" height=\"56\" ";
  page.html += "aria-hidden=\"true\">";
  page.html += "<circle cx=\"12\" cy=\"12\" r=\"10\"/><path d=\"";
  page.html += mark;
  page.html += "\"/></svg>\n<h1>";
  page.html += title;
  page.html += "</h1>\n<p>";
  page.html += text;
  page.html += "</p>\n</main>\n</body>\n</html>\n";
  page.policy = "default-src 'none'; style-src " + Sha256Source(kStyle) +
                "; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
  return page;
}

}  // namespace

Page LoginEndPage(LoginEnd end, std::string_view app_name) {
  const std::string app = app_name.empty() ? "the app" : EscapeHtml(app_name);
  switch (end) {
    case LoginEnd::kSignedIn:
      return MakePage("good", "m7.5 12.5 3 3 6-6.5", "You are signed in",
                      "You can close this window and go back to " + app + ".");
    case LoginEnd::kDenied:
      // In quiet colours: it is what the user wanted.
      return MakePage("", "M8 12h8", "You are not signed in",
                      "You declined. Nothing was given to " + app + ". You can close this window.");
    case LoginEnd::kFailed:
      return MakePage("bad", "m8.5 8.5 7 7m0-7-7 7", "You are not signed in",
                      "You agreed, but " + app + " did not get its key. Go back to " + app +
                          ": it says why and what to do.");
    case LoginEnd::kReturned:
      return MakePage("", "M12 7v6m0 3.5v.01", "Go back to the app",
                      "How the login ended is shown by " + app + ".");
    case LoginEnd::kUsedLink:
      return MakePage("bad", "M12 7v6m0 3.5v.01", "This link was used already",
                      "It works once. If you did not open it before, end the login that is waiting "
                      "and start another one.");
    case LoginEnd::kTooLarge:
      return MakePage("bad", "M12 7v6m0 3.5v.01", "Your browser sent too much",
                      "It keeps many cookies for 127.0.0.1. Delete those, or open the link of the "
                      "login in a private window.");
    case LoginEnd::kNotThis:
      break;
  }
  // Without the name of the app, because the port may have been guessed.
  return MakePage("", "M12 7v6m0 3.5v.01", "There is nothing here",
                  "This link does not belong to the login that is waiting. Go back to the app and "
                  "use the link it shows.");
}

Page EmptyPage() { return {"", "default-src 'none'; frame-ancestors 'none'"}; }

}  // namespace modelgates::oauth
