#include "config/value_rules.h"

#include <absl/time/time.h>
#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "base/host_port.h"
#include "base/pem_certificates.h"
#include "base/small_file.h"
#include "base/unix_socket.h"

namespace modelgates::gateway {
namespace {

bool IsIpv6(std::string_view text) {
  in6_addr address;
  return inet_pton(AF_INET6, std::string(text).c_str(), &address) == 1;
}

bool IsHostName(std::string_view text) {
  const auto fits = [](char c) { return IsAlphanumeric(c) || c == '-' || c == '.' || c == '_'; };
  return !text.empty() && text.size() <= 253 && std::all_of(text.begin(), text.end(), fits);
}

bool IsHost(std::string_view text) {
  const std::string_view address = WithoutBrackets(text);
  return address.size() < text.size() ? IsIpv6(address) : IsHostName(text);
}

bool IsHostPort(std::string_view text) {
  const std::optional<HostPort> split = SplitHostPort(text);
  return split && IsHost(split->host) && IsPort(split->port);
}

}  // namespace

Rule HostPortRule(std::string_view text) {
  if (IsHostPort(text)) return std::nullopt;
  return "must be host:port with a port from 0 to 65535, such as 0.0.0.0:50051, [::1]:50051 or "
         ":50051 for every address; without a scheme, not a Unix socket";
}

Rule ListenRule(std::string_view text) {
  const std::optional<std::string_view> path = UnixSocketPath(text);
  if (path ? IsUnixSocketPath(*path) : IsHostPort(text)) return std::nullopt;
  return "must be host:port with a port from 0 to 65535, such as 0.0.0.0:50051, [::1]:50051 or "
         ":50051 for every address, without a scheme; or a Unix socket, unix:/path, with an "
         "absolute "
         "path of at most 107 bytes";
}

Rule CaFileRule(std::string_view path) {
  const absl::StatusOr<std::string> text = ReadSmallFile(std::string(path), 16 << 20);
  return text.ok() ? ToRule(ParsePemCertificates(*text)) : ToRule(text);
}

// Files are opened by name, so permission to list the folder is not required.
Rule FolderRule(std::string_view path) {
  const int folder = open(std::string(path).c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  const bool can_enter = folder >= 0 && faccessat(folder, ".", X_OK, AT_EACCESS) == 0;
  const int error = errno;
  if (folder >= 0) close(folder);
  if (can_enter) return std::nullopt;
  return fmt::format("must be a folder whose files can be read: {}", std::strerror(error));
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
    return "must not be a header with another purpose";
  }
  return std::nullopt;
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
  // The last "@", because a password may contain any character, especially in a wrong URL.
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
  const bool is_key = path.starts_with("sk-") ||
                      EqualsIgnoringCase(path.substr(0, kBearer.size()), kBearer) ||
                      path.find("-----BEGIN") != std::string_view::npos;
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
