#include "http/url.h"

#include <curl/curl.h>

#include <algorithm>
#include <charconv>
#include <memory>

#include "http/plain_url.h"

namespace modelgates::gateway {
namespace {

struct UrlDeleter {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
using UrlPtr = std::unique_ptr<CURLU, UrlDeleter>;

std::string Part(const UrlPtr& url, CURLUPart part, unsigned flags = 0) {
  char* text = nullptr;
  if (curl_url_get(url.get(), part, &text, flags) != CURLUE_OK) return {};
  std::string result = text;
  curl_free(text);
  return result;
}

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
  const auto is_visible = [](char c) { return c > 0x20 && c < 0x7f; };
  if (!std::all_of(text.begin(), text.end(), is_visible)) return std::nullopt;
  // libcurl would also take one or three slashes, and a backslash within the host.
  const size_t authority = text.find("://");
  if (authority == std::string_view::npos || !IsScheme(text.substr(0, authority)) ||
      text.substr(authority + 3).starts_with('/') || text.find('\\') != std::string_view::npos) {
    return std::nullopt;
  }
  const UrlPtr url(curl_url());
  const std::string terminated(text);
  if (curl_url_set(url.get(), CURLUPART_URL, terminated.c_str(), CURLU_NON_SUPPORT_SCHEME) !=
      CURLUE_OK) {
    return std::nullopt;
  }
  Url result;
  result.scheme = Part(url, CURLUPART_SCHEME);
  result.host = ToLower(Part(url, CURLUPART_HOST));
  if (result.host.empty()) return std::nullopt;
  result.path = Part(url, CURLUPART_PATH);
  const std::string port = Part(url, CURLUPART_PORT, CURLU_DEFAULT_PORT);
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

}  // namespace modelgates::gateway
