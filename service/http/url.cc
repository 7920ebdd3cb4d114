#include "http/url.h"

#include <absl/strings/ascii.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/ascii.h"
#include "base/host_port.h"
#include "http/curl_url.h"

namespace modelgates::gateway {
namespace {

bool IsLowerLetter(char c) { return c >= 'a' && c <= 'z'; }

// RFC 3986, section 3.1.
bool IsScheme(std::string_view text) {
  return !text.empty() && absl::ascii_isalpha(static_cast<unsigned char>(text.front())) &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return IsAlphanumeric(c) || c == '+' || c == '-' || c == '.'; });
}

// The length of the host name at the start of `text`; 0: not a plain host name.
size_t HostLength(std::string_view text) {
  size_t label = 0;  // start of the last label
  size_t end = 0;
  for (; end < text.size(); ++end) {
    const char c = text[end];
    if (c == '.') {
      if (end == label) return 0;
      label = end + 1;
    } else if (!IsLowerLetter(c) && !IsDigit(c) && c != '-') {
      break;
    }
  }
  // A last label of digits may be the end of an IPv4 address.
  return label < end && IsLowerLetter(text[label]) ? end : 0;
}

// The length of ":port" at the start of `text`, or 0.
size_t ReadPort(std::string_view text, int& port) {
  if (text.size() < 2 || text[1] < '1' || text[1] > '9') return 0;
  const auto [end, error] = std::from_chars(text.data() + 1, text.data() + text.size(), port);
  if (error != std::errc() || port > 65535) return 0;
  return static_cast<size_t>(end - text.data());
}

// Path characters without a special meaning. Dots have one, because "../" changes the path.
constexpr std::array<bool, 256> kPathCharacters = [] {
  std::array<bool, 256> allowed{};
  for (unsigned char c = 'a'; c <= 'z'; ++c) allowed[c] = true;
  for (unsigned char c = 'A'; c <= 'Z'; ++c) allowed[c] = true;
  for (unsigned char c = '0'; c <= '9'; ++c) allowed[c] = true;
  for (const unsigned char c : {'/', '-', '_', '~'}) allowed[c] = true;
  return allowed;
}();

}  // namespace

std::optional<Url> ParseUrl(std::string_view text) {
  std::optional<Url> url = ParsePlainUrl(text);
  return url ? url : ParseAnyUrl(text);
}

std::optional<Url> ParsePlainUrl(std::string_view text) {
  constexpr std::string_view kSchemes[] = {"https", "http"};
  constexpr std::string_view kSeparator = "://";
  const std::string_view scheme = kSchemes[text.starts_with("https") ? 0 : 1];
  if (!text.starts_with(scheme)) return std::nullopt;
  text.remove_prefix(scheme.size());
  if (!text.starts_with(kSeparator)) return std::nullopt;
  text.remove_prefix(kSeparator.size());

  const std::string_view host = text.substr(0, HostLength(text));
  if (host.empty()) return std::nullopt;
  text.remove_prefix(host.size());
  int port = scheme == "https" ? 443 : 80;
  if (text.starts_with(':')) {
    const size_t length = ReadPort(text, port);
    if (length == 0) return std::nullopt;
    text.remove_prefix(length);
  }
  if (!text.empty() && text.front() != '/') return std::nullopt;
  const auto is_path = [](char c) { return kPathCharacters[static_cast<unsigned char>(c)]; };
  if (!std::all_of(text.begin(), text.end(), is_path)) return std::nullopt;

  Url url;
  url.scheme = scheme;
  url.host = host;
  url.port = port;
  url.path = text.empty() ? "/" : text;
  return url;
}

std::optional<Url> ParseAnyUrl(std::string_view text) {
  if (!IsVisibleAscii(text)) return std::nullopt;
  // libcurl also accepts one or three slashes, and a backslash within the host.
  const size_t authority = text.find("://");
  if (authority == std::string_view::npos || !IsScheme(text.substr(0, authority)) ||
      text.substr(authority + 3).starts_with('/') || text.find('\\') != std::string_view::npos) {
    return std::nullopt;
  }
  const CurlUrl url(text);
  if (url.code() != CURLUE_OK) return std::nullopt;
  Url result;
  result.scheme = url.Part(CURLUPART_SCHEME);
  result.host = absl::AsciiStrToLower(url.Part(CURLUPART_HOST));
  if (result.host.empty()) return std::nullopt;
  result.path = url.Part(CURLUPART_PATH);
  const std::string port = url.Part(CURLUPART_PORT, CURLU_DEFAULT_PORT);
  std::from_chars(port.data(), port.data() + port.size(), result.port);
  if (!port.empty() && (result.port < 1 || result.port > 65535)) return std::nullopt;
  // Searched in the text, because libcurl drops empty parts silently.
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
