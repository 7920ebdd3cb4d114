#include "redis/redis_url.h"

#include <absl/strings/str_join.h>
#include <absl/strings/str_split.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "base/ascii.h"
#include "base/percent_encoding.h"
#include "http/curl_url.h"

namespace modelgates::gateway {
namespace {

constexpr std::string_view kDefaultPort = "6379";
constexpr std::string_view kDefaultSentinelPort = "26379";
constexpr int kMaxDatabase = 9999;
constexpr size_t kMaxSentinels = 16;

struct Scheme {
  std::string_view start;
  bool tls;
  bool sentinels;
};

constexpr Scheme kSchemes[] = {{"redis://", false, false},
                               {"rediss://", true, false},
                               {"redis+sentinel://", false, true},
                               {"rediss+sentinel://", true, true}};

absl::Status Broken(std::string_view rule) {
  return absl::InvalidArgumentError({rule.data(), rule.size()});
}

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

// Takes the login from the start of `authority`.
absl::Status ParseLogin(std::string_view& authority, RedisUrl& url) {
  const size_t at = authority.rfind('@');
  if (at == std::string_view::npos) return absl::OkStatus();
  const std::string_view login = authority.substr(0, at);
  authority.remove_prefix(at + 1);
  const size_t colon = login.find(':');
  if (colon == std::string_view::npos || colon + 1 == login.size()) {
    return Broken("must have a password before its @, as in :password@");
  }
  const std::optional<Secret> user = PercentDecoded(login.substr(0, colon));
  std::optional<Secret> password = PercentDecoded(login.substr(colon + 1));
  if (!user || !password) {
    return Broken("must have two hexadecimal digits after each % of its login");
  }
  url.user = user->Reveal();
  url.password = *std::move(password);
  return absl::OkStatus();
}

// Host and port. libcurl checks them fully only with a scheme that it knows.
absl::StatusOr<std::string> ParseAuthority(std::string_view text, std::string_view default_port) {
  const CurlUrl parsed(fmt::format("https://{}", text));
  constexpr std::string_view kPortRule = "must have a port from 1 to 65535, or none";
  if (parsed.code() == CURLUE_BAD_PORT_NUMBER) return Broken(kPortRule);
  const std::string host = parsed.Part(CURLUPART_HOST);
  if (parsed.code() != CURLUE_OK || text.empty() || host.empty()) {
    return Broken("must be a URL with a host");
  }
  std::string port = parsed.Part(CURLUPART_PORT);
  if (port.empty()) port = default_port;
  if (port == "0") return Broken(kPortRule);
  return host + ":" + port;
}

// Takes the name of the master from the start of `path`. The characters are those that Redis
// allows.
absl::Status ParseMaster(std::string_view& path, RedisUrl& url) {
  const std::string_view name = path.empty() ? path : path.substr(1, path.find('/', 1) - 1);
  const bool is_name = !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return IsAlphanumeric(c) || c == '.' || c == '_' || c == '-';
  });
  if (!is_name) {
    return Broken(
        "must have the master's name after its hosts, as in /mymaster: letters, digits, ., _ and "
        "-");
  }
  url.master = name;
  path.remove_prefix(1 + name.size());
  return absl::OkStatus();
}

absl::Status ParseSentinels(std::string_view authority, std::string_view& path, RedisUrl& url) {
  const std::vector<std::string> hosts =
      absl::StrSplit(absl::string_view(authority.data(), authority.size()), ',');
  if (hosts.size() > kMaxSentinels) {
    return Broken(fmt::format("must have at most {} hosts", kMaxSentinels));
  }
  for (const std::string& host : hosts) {
    absl::StatusOr<std::string> sentinel = ParseAuthority(host, kDefaultSentinelPort);
    if (!sentinel.ok()) return sentinel.status();
    url.sentinels.push_back(*std::move(sentinel));
  }
  return ParseMaster(path, url);
}

}  // namespace

std::string RedisUrl::Shown() const {
  const std::string_view login = password.empty() ? "" : "***@";
  const std::string_view scheme = tls ? "rediss" : "redis";
  if (sentinels.empty()) return fmt::format("{}://{}{}/{}", scheme, login, authority, database);
  return fmt::format("{}+sentinel://{}{}/{}/{}", scheme, login, absl::StrJoin(sentinels, ","),
                     master, database);
}

absl::StatusOr<RedisUrl> ParseRedisUrl(std::string_view text) {
  if (!IsVisibleAscii(text)) return Broken("must hold visible ASCII characters only");
  const auto* const scheme = std::ranges::find_if(
      kSchemes, [&](const Scheme& known) { return text.starts_with(known.start); });
  if (scheme == std::end(kSchemes)) {
    return Broken("must start with redis:// or rediss://, redis+sentinel:// or rediss+sentinel://");
  }
  text.remove_prefix(scheme->start.size());
  // Searched in the text, because libcurl's parser drops an empty query or fragment silently.
  if (text.find_first_of("?#") != std::string_view::npos) {
    return Broken("must not have a query or a fragment");
  }
  const size_t slash = text.find('/');
  std::string_view authority = text.substr(0, slash);
  std::string_view path = slash == std::string_view::npos ? "" : text.substr(slash);

  RedisUrl url;
  url.tls = scheme->tls;
  if (absl::Status login = ParseLogin(authority, url); !login.ok()) return login;
  if (scheme->sentinels) {
    if (absl::Status sentinels = ParseSentinels(authority, path, url); !sentinels.ok()) {
      return sentinels;
    }
  } else {
    absl::StatusOr<std::string> server = ParseAuthority(authority, kDefaultPort);
    if (!server.ok()) return server.status();
    url.authority = *std::move(server);
  }
  const std::optional<int> database = ParseDatabase(path);
  if (!database) {
    return Broken(fmt::format("must have a database from /0 to /{}, or none", kMaxDatabase));
  }
  url.database = *database;
  return url;
}

std::optional<std::string> ToRedisAuthority(std::string_view host, std::string_view port) {
  const bool is_ipv6 = host.find(':') != std::string_view::npos;
  const std::string text =
      is_ipv6 ? fmt::format("[{}]:{}", host, port) : fmt::format("{}:{}", host, port);
  constexpr std::string_view kOfUrls = "/?#@%\\";
  if (!IsVisibleAscii(text) || text.find_first_of(kOfUrls) != std::string::npos) {
    return std::nullopt;
  }
  absl::StatusOr<std::string> authority = ParseAuthority(text, "0");
  if (!authority.ok()) return std::nullopt;
  return *std::move(authority);
}

}  // namespace modelgates::gateway
