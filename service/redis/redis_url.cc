#include "redis/redis_url.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>

#include "base/ascii.h"
#include "base/percent_encoding.h"
#include "http/curl_url.h"

namespace modelgates::gateway {
namespace {

constexpr std::string_view kDefaultPort = "6379";
constexpr int kMaxDatabase = 9999;

// The number after the slash; 0 without one.
std::optional<int> ParseDatabase(std::string_view path) {
  if (path.empty() || path == "/") return 0;
  path.remove_prefix(1);
  int database = 0;
  const auto [end, error] = std::from_chars(path.data(), path.data() + path.size(), database);
  if (error != std::errc() || end != path.data() + path.size()) return std::nullopt;
  if (database < 0 || database > kMaxDatabase) return std::nullopt;
  return database;
}

}  // namespace

std::string RedisUrl::Shown() const {
  return fmt::format("{}://{}{}/{}", tls ? "rediss" : "redis", password.empty() ? "" : "***@",
                     authority, database);
}

absl::StatusOr<RedisUrl> ParseRedisUrl(std::string_view text) {
  if (!IsVisibleAscii(text)) {
    return absl::InvalidArgumentError("must hold visible ASCII characters only");
  }
  RedisUrl url;
  url.tls = text.starts_with("rediss://");
  if (!url.tls && !text.starts_with("redis://")) {
    return absl::InvalidArgumentError("must start with redis:// or rediss://");
  }
  text.remove_prefix(text.find("://") + 3);
  // Searched in the text, because libcurl's parser drops an empty query or fragment silently.
  if (text.find_first_of("?#") != std::string_view::npos) {
    return absl::InvalidArgumentError("must not have a query or a fragment");
  }

  const size_t slash = text.find('/');
  std::string_view authority = text.substr(0, slash);
  const std::string_view path = slash == std::string_view::npos ? "" : text.substr(slash);
  if (const size_t at = authority.rfind('@'); at != std::string_view::npos) {
    const std::string_view login = authority.substr(0, at);
    authority.remove_prefix(at + 1);
    const size_t colon = login.find(':');
    if (colon == std::string_view::npos || colon + 1 == login.size()) {
      return absl::InvalidArgumentError("must have a password before its @, as in :password@");
    }
    const std::optional<Secret> user = PercentDecoded(login.substr(0, colon));
    std::optional<Secret> password = PercentDecoded(login.substr(colon + 1));
    if (!user || !password) {
      return absl::InvalidArgumentError(
          "must have two hexadecimal digits after each % of its login");
    }
    url.user = user->Reveal();
    url.password = *std::move(password);
  }

  // The rest contains no secret. libcurl checks it fully only with a scheme that it knows.
  const CurlUrl parsed(fmt::format("https://{}", authority));
  if (parsed.code() == CURLUE_BAD_PORT_NUMBER) {
    return absl::InvalidArgumentError("must have a port from 1 to 65535, or none");
  }
  const std::string host = parsed.Part(CURLUPART_HOST);
  if (parsed.code() != CURLUE_OK || authority.empty() || host.empty()) {
    return absl::InvalidArgumentError("must be a URL with a host");
  }
  std::string port = parsed.Part(CURLUPART_PORT);
  if (port.empty()) port = kDefaultPort;
  if (port == "0") return absl::InvalidArgumentError("must have a port from 1 to 65535, or none");
  url.authority = host + ":" + port;

  const std::optional<int> database = ParseDatabase(path);
  if (!database) {
    return absl::InvalidArgumentError(
        fmt::format("must have a database from /0 to /{}, or none", kMaxDatabase));
  }
  url.database = *database;
  return url;
}

}  // namespace modelgates::gateway
