#include "http/url.h"

#include <algorithm>
#include <charconv>

#include "base/host_port.h"
#include "http/curl_url.h"
#include "http/plain_url.h"

namespace modelgates::gateway {
namespace {

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// RFC 3986, section 3.1.
bool IsScheme(std::string_view text) {
  return !text.empty() && IsLetter(text.front()) &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return IsLetter(c) || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
         });
}

std::string ToLower(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

}  // namespace

std::optional<Url> ParseUrl(std::string_view text) {
  std::optional<Url> url = ParsePlainUrl(text);
  return url ? url : ParseAnyUrl(text);
}

std::optional<Url> ParseAnyUrl(std::string_view text) {
  if (!IsVisibleAscii(text)) return std::nullopt;
  // libcurl would also take one or three slashes, and a backslash within the host.
  const size_t authority = text.find("://");
  if (authority == std::string_view::npos || !IsScheme(text.substr(0, authority)) ||
      text.substr(authority + 3).starts_with('/') || text.find('\\') != std::string_view::npos) {
    return std::nullopt;
  }
  const CurlUrl url(text);
  if (url.code() != CURLUE_OK) return std::nullopt;
  Url result;
  result.scheme = url.Part(CURLUPART_SCHEME);
  result.host = ToLower(url.Part(CURLUPART_HOST));
  if (result.host.empty()) return std::nullopt;
  result.path = url.Part(CURLUPART_PATH);
  const std::string port = url.Part(CURLUPART_PORT, CURLU_DEFAULT_PORT);
  std::from_chars(port.data(), port.data() + port.size(), result.port);
  if (!port.empty() && (result.port < 1 || result.port > 65535)) return std::nullopt;
  // Looked for in the text: libcurl drops what is empty without a word.
  result.has_fragment = text.find('#') != std::string_view::npos;
  result.has_query = text.substr(0, text.find('#')).find('?') != std::string_view::npos;
  const size_t end = text.find_first_of("/?#", authority + 3);
  result.has_user_info =
      text.substr(authority + 3, end - authority - 3).find('@') != std::string_view::npos;
  return result;
}

bool CrossesNetworkInClear(std::string_view text) {
  const std::optional<Url> url = ParseUrl(text);
  return url && url->scheme == "http" && !IsLoopback(url->host);
}

}  // namespace modelgates::gateway
