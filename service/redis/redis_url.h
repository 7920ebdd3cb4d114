#pragma once

#include <absl/status/statusor.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/secret.h"

namespace modelgates::gateway {

// Address, login and database of a Redis-compatible server, or of the master that sentinels know.
struct RedisUrl {
  bool tls = false;       // to the sentinels, too
  std::string authority;  // host and port: "host:6379", "[::1]:6379"; empty with sentinels
  std::string user;       // empty: the server's default user
  Secret password;        // empty: none is sent; sentinels are never sent one
  int database = 0;
  std::vector<std::string> sentinels;  // hosts and ports, in the order in which they are asked
  std::string master;                  // the name under which the sentinels know the master

  // The URL without login, for logs: "redis://***@host:6379/0",
  // "redis+sentinel://***@host:26379,other:26379/master/0"; without "***@" if there is no password.
  std::string Shown() const;
};

// Parses `redis://[[user]:password@]host[:port][/database]` or
// `redis+sentinel://[[user]:password@]host[:port][,host[:port]...]/master[/database]`; rediss for
// TLS. The port defaults to 6379, that of a sentinel to 26379. User and password may be
// percent-encoded.
//
// Error: InvalidArgument. Its message is the violated rule, to be printed after the setting's name:
// "must have a port from 1 to 65535, or none". It contains nothing of the text.
absl::StatusOr<RedisUrl> ParseRedisUrl(std::string_view text);

// "host:port" as RedisUrl::authority. nullopt: not an address that can be connected to.
std::optional<std::string> ToRedisAuthority(std::string_view host, std::string_view port);

}  // namespace modelgates::gateway
