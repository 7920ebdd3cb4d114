#include "config/value_rules.h"

#include <absl/time/time.h>
#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>

#include "base/ascii.h"
#include "base/pem_certificates.h"
#include "base/small_file.h"
#include "http/base_url.h"
#include "http/http.h"
#include "http/url.h"
#include "redis/redis_url.h"

namespace modelgates::gateway {
namespace {

bool IsPort(std::string_view text) {
  int port = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc() && end == text.data() + text.size() && port >= 0 && port <= 65535;
}

bool IsIpv6(std::string_view text) {
  in6_addr address;
  return inet_pton(AF_INET6, std::string(text).c_str(), &address) == 1;
}

bool IsHostName(std::string_view text) {
  const auto fits = [](char c) { return IsAlphanumeric(c) || c == '-' || c == '.' || c == '_'; };
  return !text.empty() && text.size() <= 253 && std::all_of(text.begin(), text.end(), fits);
}

bool IsHost(std::string_view text) {
  if (text.starts_with('[') && text.ends_with(']')) {
    return IsIpv6(text.substr(1, text.size() - 2));
  }
  return IsHostName(text);
}

bool IsHostPort(std::string_view text) {
  const size_t colon = text.rfind(':');
  return colon != std::string_view::npos && IsHost(text.substr(0, colon)) &&
         IsPort(text.substr(colon + 1));
}

bool IsLoopback(std::string_view host) {
  if (EqualsIgnoringCase(host, "localhost") || host == "[::1]") return true;
  in_addr address;
  return inet_pton(AF_INET, std::string(host).c_str(), &address) == 1 &&
         (ntohl(address.s_addr) >> 24) == 127;
}

}  // namespace

Rule HostPortRule(std::string_view text) {
  if (IsHostPort(text)) return std::nullopt;
  return "must be host:port with a port from 0 to 65535, such as 0.0.0.0:50051, [::1]:50051 or "
         ":50051 for every address; without a scheme, not a Unix socket";
}

Rule UpstreamRule(std::string_view text) {
  const absl::StatusOr<BaseUrl> url = ParseBaseUrl(text);
  if (url.ok()) return std::nullopt;
  return std::string(url.status().message());
}

Rule ProxyRule(std::string_view text) {
  const std::optional<Url> url = ParseUrl(text);
  // The port is asked for because libcurl's own for a proxy, 1080, is not the scheme's.
  const bool has_port = url && text.ends_with(fmt::format(":{}", url->port));
  const bool fits = has_port && url->scheme == "http" && !url->has_query && !url->has_fragment &&
                    (url->path.empty() || url->path == "/");
  if (fits) return std::nullopt;
  return "must be http://host:port, or http://user:password@host:port, and nothing after it";
}

Rule StoreRule(std::string_view text) {
  const absl::StatusOr<RedisUrl> url = ParseRedisUrl(text);
  if (url.ok()) return std::nullopt;
  return std::string(url.status().message());
}

Rule CaFileRule(std::string_view path) {
  const std::optional<std::string> text = ReadSmallFile(std::string(path), 16 << 20);
  if (!text) return fmt::format("must be a file that can be read: {}", std::strerror(errno));
  const auto certificates = ParsePemCertificates(*text);
  if (certificates.ok()) return std::nullopt;
  return std::string(certificates.status().message());
}

Rule HeaderNameRule(std::string_view text) {
  const auto is_token = [](char c) {
    return IsAlphanumeric(c) ||
           (c != '\0' && std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos);
  };
  if (text.empty() || text.size() > 128 || !std::all_of(text.begin(), text.end(), is_token)) {
    return "must be a header name of at most 128 characters (RFC 9110, section 5.1)";
  }
  constexpr std::array<std::string_view, 16> kOwn = {
      "accept",         "accept-encoding",   "authorization", "connection",
      "content-length", "content-type",      "cookie",        "expect",
      "host",           "http-referer",      "keep-alive",    "te",
      "traceparent",    "transfer-encoding", "upgrade",       "user-agent"};
  const auto is_same = [text](std::string_view own) { return EqualsIgnoringCase(text, own); };
  if (std::any_of(kOwn.begin(), kOwn.end(), is_same)) {
    return "must not be a header that has another meaning";
  }
  return std::nullopt;
}

Rule HeaderValueRule(std::string_view text) {
  if (text.size() <= 8192 && IsFieldValue(text)) return std::nullopt;
  return "must be a header value: ASCII without control characters, no space at its ends, at most "
         "8192 bytes";
}

bool CrossesNetworkInClear(std::string_view text) {
  const std::optional<Url> url = ParseUrl(text);
  return url && url->scheme == "http" && !IsLoopback(url->host);
}

std::string PrintDuration(std::chrono::milliseconds duration) {
  const auto count = duration.count();
  return count % 1000 == 0 ? fmt::format("{}s", count / 1000) : fmt::format("{}ms", count);
}

std::optional<std::chrono::milliseconds> ParseDuration(std::string_view text) {
  absl::Duration duration;
  if (!absl::ParseDuration(absl::string_view(text.data(), text.size()), &duration) ||
      duration < absl::ZeroDuration() || duration > absl::Hours(24 * 366)) {
    return std::nullopt;
  }
  const int64_t milliseconds = absl::ToInt64Milliseconds(duration);
  if (absl::Milliseconds(milliseconds) != duration) return std::nullopt;
  return std::chrono::milliseconds(milliseconds);
}

std::string RedactUrl(std::string_view url) {
  std::string result;
  const size_t scheme_end = url.find("://");
  if (scheme_end != std::string_view::npos) {
    result = url.substr(0, scheme_end + 3);
    url.remove_prefix(scheme_end + 3);
  }
  // The last "@" of all, since a password may hold any character, in a wrong URL above all.
  if (const size_t at = url.rfind('@'); at != std::string_view::npos) {
    result += "<redacted>";
    url.remove_prefix(at);
  }
  const size_t query = url.find_first_of("?#");
  result += url.substr(0, query);
  if (query != std::string_view::npos) result.append(1, url[query]).append("<redacted>");
  return result;
}

std::string RedactKeyPath(std::string_view path) {
  constexpr std::string_view kBearer = "bearer ";
  const bool is_key =
      path.starts_with("sk-") || EqualsIgnoringCase(path.substr(0, kBearer.size()), kBearer);
  return is_key ? "<redacted>" : std::string(path);
}

std::string Quote(std::string_view text) {
  constexpr size_t kMaxBytes = 200;
  std::string result = "\"";
  for (const char c : text.substr(0, kMaxBytes)) {
    if (c == '"' || c == '\\') {
      result.append(1, '\\').append(1, c);
    } else if (c >= 0x20 && c < 0x7f) {
      result += c;
    } else {
      result += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    }
  }
  return result + (text.size() > kMaxBytes ? "\"..." : "\"");
}

std::string Printable(std::string_view name) {
  const std::string quoted = Quote(name.substr(0, 64));
  return quoted.substr(1, quoted.size() - 2);
}

}  // namespace modelgates::gateway
