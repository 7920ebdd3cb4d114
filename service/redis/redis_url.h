#pragma once

#include <absl/status/statusor.h>

#include <string>
#include <string_view>

#include "base/secret.h"

namespace modelgates::gateway {

// Address, login and database of a Redis-compatible server.
struct RedisUrl {
  bool tls = false;
  std::string authority;  // host and port: "host:6379", "[::1]:6379"
  std::string user;       // empty: the server's default user
  Secret password;        // empty: none is sent
  int database = 0;

  // The URL without login, for logs: "redis://***@host:6379/0"; without "***@" if there is no
  // password.
  std::string Shown() const;
};

// Parses `redis://[[user]:password@]host[:port][/database]`, or rediss:// for TLS. The port
// defaults to 6379. User and password may be percent-encoded.
//
// Error: InvalidArgument. Its message is the violated rule, to be printed after the setting's name:
// "must start with redis:// or rediss://". It contains nothing of the text.
absl::StatusOr<RedisUrl> ParseRedisUrl(std::string_view text);

}  // namespace modelgates::gateway
