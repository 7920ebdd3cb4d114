#include "loopback_page.h"

#include <openssl/evp.h>
#include <openssl/sha.h>

namespace modelgates::oauth {
namespace {

constexpr std::string_view kStyle = R"(
:root { color-scheme: light dark; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center;
       font: 1.125rem/1.5 system-ui, sans-serif; }
main { box-sizing: border-box; max-width: 32rem; padding: 2rem; text-align: center; }
h1 { font-size: 1.5rem; margin: 0 0 .5rem; }
p { margin: 0; overflow-wrap: anywhere; }
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

// As Content-Security-Policy names the text of a style (CSP 3, section 2.3.1).
std::string Sha256Source(std::string_view text) {
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest);
  unsigned char base64[4 * ((SHA256_DIGEST_LENGTH + 2) / 3) + 1];
  EVP_EncodeBlock(base64, digest, SHA256_DIGEST_LENGTH);
  return std::string("'sha256-") + reinterpret_cast<const char*>(base64) + "'";
}

}  // namespace

Page LoginEndPage(LoginEnd end, std::string_view app_name) {
  const bool granted = end == LoginEnd::kGranted;
  const std::string app = app_name.empty() ? "the app" : EscapeHtml(app_name);
  Page page;
  page.html = "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n";
  page.html += "<meta name=\"viewport\" content=\"width=device-width\">\n<title>";
  page.html += granted ? "You are signed in" : "You are not signed in";
  page.html += "</title>\n<style>";
  page.html += kStyle;
  page.html += "</style>\n</head>\n<body>\n<main>\n<h1>";
  page.html += granted ? "You are signed in" : "You are not signed in";
  page.html += "</h1>\n<p>";
  page.html += granted ? "You can close this window and go back to " + app + "."
                       : "Nothing was given to " + app + ". You can close this window.";
  page.html += "</p>\n</main>\n</body>\n</html>\n";
  page.policy = "default-src 'none'; style-src " + Sha256Source(kStyle) +
                "; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
  return page;
}

}  // namespace modelgates::oauth
