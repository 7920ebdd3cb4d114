#include "sandbox/callback_origin.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace modelgates::sandbox {
namespace {

struct Authority {
  std::string host;       // lower case, an IPv6 address with its brackets
  std::string_view port;  // the digits; empty when absent
};

bool IsPlainText(std::string_view url) {
  return std::none_of(url.begin(), url.end(), [](unsigned char c) {
    return c <= ' ' || c == 0x7f || c == '\\';  // browsers read a backslash like a slash
  });
}

std::string LowerCase(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

// Whether `host` is a DNS name, with underscores allowed. Other characters of URLs could inject
// words into the policy that contains the origin. Internationalized names have an xn-- form.
bool IsName(std::string_view host) {
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz0123456789-._";
  return host.find_first_not_of(kLetters) == std::string_view::npos;
}

bool IsIpv6(const std::string& bracketed) {
  in6_addr address;
  return inet_pton(AF_INET6, bracketed.substr(1, bracketed.size() - 2).c_str(), &address) == 1;
}

std::optional<Authority> SplitAuthority(std::string_view text) {
  const bool bracketed = text.starts_with('[');
  const std::size_t host_end = bracketed ? text.find(']') + 1 : text.find(':');
  if (bracketed && host_end == 0) return {};
  Authority authority{LowerCase(text.substr(0, host_end)), {}};
  const std::string_view rest = host_end < text.size() ? text.substr(host_end) : "";
  if (!rest.empty() && rest.front() != ':') return {};
  if (!rest.empty()) authority.port = rest.substr(1);
  if (authority.host.empty()) return {};
  if (bracketed && !IsIpv6(authority.host)) return {};
  if (!bracketed && !IsName(authority.host)) return {};
  return authority;
}

std::optional<std::uint16_t> PortNumber(std::string_view digits, std::uint16_t absent) {
  if (digits.empty()) return absent;
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (error != std::errc{} || end != digits.data() + digits.size() || port == 0) return {};
  return port;
}

bool IsLoopback(std::string_view host) {
  return host == "localhost" || host == "127.0.0.1" || host == "[::1]";
}

}  // namespace

std::optional<std::string> AllowedCallbackOrigin(std::string_view url) {
  const std::size_t scheme_end = url.find("://");
  if (scheme_end == std::string_view::npos || !IsPlainText(url)) return {};
  const std::string scheme = LowerCase(url.substr(0, scheme_end));
  if (scheme != "https" && scheme != "http") return {};

  std::string_view text = url.substr(scheme_end + 3);
  text = text.substr(0, text.find_first_of("/?#"));
  if (text.find('@') != std::string_view::npos) return {};
  const auto authority = SplitAuthority(text);
  if (!authority) return {};

  const std::uint16_t default_port = scheme == "https" ? 443 : 80;
  const auto port = PortNumber(authority->port, default_port);
  if (!port) return {};
  const bool documented = scheme == "https" && (port == 443 || port == 3000);
  if (!documented && !IsLoopback(authority->host)) return {};
  if (port == default_port) return fmt::format("{}://{}", scheme, authority->host);
  return fmt::format("{}://{}:{}", scheme, authority->host, *port);
}

}  // namespace modelgates::sandbox
