#include "sandbox/consent_page.h"

#include <fmt/format.h>

#include <algorithm>

#include "sandbox/html_page.h"

namespace modelgates::sandbox {
namespace {

struct App {
  std::string name;   // HTML
  std::string proof;  // what is known of it
};

App AppOf(std::string_view origin) {
  const std::string_view host = origin.substr(origin.find("://") + 3);
  for (const std::string_view loopback : {"127.0.0.1", "localhost", "[::1]"}) {
    const std::string_view port = host.substr(std::min(host.size(), loopback.size()));
    if (host.starts_with(loopback) && (port.empty() || port.front() == ':')) {
      return {"a program on this computer",
              "Nobody can prove which program it is. Approve only if you have just started a login "
              "on this computer."};
    }
  }
  constexpr std::size_t kLongest = 40;  // for a heading
  return {host.size() <= kLongest ? EscapeHtml(host) : "the site at the address below",
          "The answer goes to this address and to no other."};
}

// The form-action of the policy. Browsers apply it to redirects, too, so it must allow the app's
// origin. A policy cannot contain an IPv6 address (CSP 3, section 2.3.1), so its scheme is used.
std::string FormAction(const std::string& origin) {
  const std::size_t host = origin.find("://") + 3;
  return "'self' " + (origin[host] == '[' ? origin.substr(0, host - 2) : origin);
}

}  // namespace

HttpResponse ConsentPage(const ConsentQuestion& question) {
  const App app = AppOf(question.app);
  const std::string limit = question.limit
                                ? fmt::format("spend up to {} US dollars", *question.limit)
                                : "spend your credit, without a limit of its own";
  const std::string main = fmt::format(
      "<h1>Allow {} to use your account?</h1>\n"
      "<p class=\"app\"><strong>{}</strong> <span>{}</span></p>\n"
      "<p>It asks for an API key of your account. With the key it can</p>\n<ul>\n"
      "<li>call models in your name</li>\n<li>{}</li>\n</ul>\n"
      "<form method=\"post\" action=\"/auth\">\n"
      "<input type=\"hidden\" name=\"token\" value=\"{}\">\n<div class=\"buttons\">\n"
      "<button class=\"approve\" name=\"decision\" value=\"approve\">Approve</button>\n"
      "<button name=\"decision\" value=\"deny\">Deny</button>\n</div>\n</form>\n"
      "<footer>This is a sandbox: one account for everybody, no real credit.</footer>\n",
      app.name, EscapeHtml(question.app), app.proof, limit, EscapeHtml(question.token));
  return HtmlAnswer(
      200, {.title = "Allow access?", .main = main, .form_action = FormAction(question.app)});
}

HttpResponse RefusalPage(unsigned http_status, std::string_view title, std::string_view text) {
  return HtmlAnswer(
      http_status,
      {.title = title,
       .main = fmt::format("<h1>{}</h1>\n<p class=\"app\">{}</p>\n"
                           "<p>No app was given anything. Go back to yours and start again.</p>\n",
                           title, EscapeHtml(text))});
}

}  // namespace modelgates::sandbox
