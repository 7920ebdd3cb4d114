#include "http/plain_url.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace modelgates::gateway {
namespace {

bool IsLetter(char c) { return c >= 'a' && c <= 'z'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// The length of the host name that `text` begins with; 0 when it takes a parser to tell.
size_t HostLength(std::string_view text) {
  size_t label = 0;  // where the last one starts
  size_t end = 0;
  for (; end < text.size(); ++end) {
    const char c = text[end];
    if (c == '.') {
      if (end == label) return 0;
      label = end + 1;
    } else if (!IsLetter(c) && !IsDigit(c) && c != '-') {
      break;
    }
  }
  // A last label of digits may be the end of an IPv4 address.
  return label < end && IsLetter(text[label]) ? end : 0;
}

// The length of ":port" at the start of `text`, or 0.
size_t ReadPort(std::string_view text, int& port) {
  if (text.size() < 2 || text[1] < '1' || text[1] > '9') return 0;
  const auto [end, error] = std::from_chars(text.data() + 1, text.data() + text.size(), port);
  if (error != std::errc() || port > 65535) return 0;
  return static_cast<size_t>(end - text.data());
}

// What may be in a path and has no other meaning there; dots may stand for other paths.
constexpr std::array<bool, 256> kPathCharacters = [] {
  std::array<bool, 256> allowed{};
  for (unsigned char c = 'a'; c <= 'z'; ++c) allowed[c] = true;
  for (unsigned char c = 'A'; c <= 'Z'; ++c) allowed[c] = true;
  for (unsigned char c = '0'; c <= '9'; ++c) allowed[c] = true;
  for (const unsigned char c : {'/', '-', '_', '~'}) allowed[c] = true;
  return allowed;
}();

}  // namespace

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

}  // namespace modelgates::gateway
