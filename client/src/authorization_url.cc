#include "modelgates/oauth/authorization_url.h"

#include <charconv>
#include <cmath>

#include "form_encoding.h"
#include "local_error.h"

namespace modelgates::oauth {
namespace {

// "https://host:port" at the start of `url`; empty when that is no URL of the web.
std::string OriginOf(const std::string& url) {
  const size_t scheme_end = url.find("://");
  if (scheme_end == std::string::npos) return "";
  const std::string scheme = url.substr(0, scheme_end);
  if (scheme != "https" && scheme != "http") return "";
  const size_t host = scheme_end + 3;
  const size_t end = std::min(url.find_first_of("/?#", host), url.size());
  // User information can imitate another host, and browsers read a backslash as a slash.
  const bool odd = url.find_first_of("@\\ \t\r\n", host) < end;
  return end == host || odd ? "" : url.substr(0, end);
}

// As JavaScript formats the number, if both use plain digits for it.
std::string ToDecimal(double number) {
  char text[400];
  const auto written = std::to_chars(text, text + sizeof(text), number, std::chars_format::fixed);
  return std::string(text, written.ptr);
}

std::string ToText(CodeChallengeMethod method) {
  return method == CodeChallengeMethod::kPlain ? "plain" : "S256";
}

}  // namespace

Result<std::string> AuthorizationUrl(const AuthorizationPage& page) {
  std::vector<FieldViolation> violations;
  const std::string origin = OriginOf(page.site);
  if (origin.empty()) violations.push_back({"site", "must be an http or https URL"});
  if (page.callback_url.empty()) violations.push_back({"callback_url", "must not be empty"});
  if (page.limit && !std::isfinite(*page.limit)) {
    violations.push_back({"limit", "must be a finite number"});
  }
  if (!violations.empty()) return InvalidFields(std::move(violations));

  std::string url = origin + "/auth?callback_url=" + EncodeFormValue(page.callback_url);
  if (page.code_challenge) {
    url += "&code_challenge=" + EncodeFormValue(*page.code_challenge);
    url += "&code_challenge_method=" + ToText(page.code_challenge_method);
  }
  if (page.limit) url += "&limit=" + ToDecimal(*page.limit);
  return url;
}

}  // namespace modelgates::oauth
