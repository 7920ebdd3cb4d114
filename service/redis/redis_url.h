#pragma once

#include <absl/status/statusor.h>

#include <string>
#include <string_view>

#include "base/secret.h"

namespace modelgates::gateway {

// Where a Redis-compatible server is, and as whom and to which of its databases one speaks.
struct RedisUrl {
  bool tls = false;
  std::string authority;  // what is connected to: "host:6379", "[::1]:6379"
  std::string user;       // empty: the server's default user
  Secret password;        // empty: none is sent
  int database = 0;

  // Fit to be shown: "redis://***@host:6379/0"; without the asterisks when there is no password.
  std::string Shown() const;
};

// Takes `redis://[[user]:password@]host[:port][/database]` apart, or the same with rediss:// for
// TLS. The port is 6379 if not given. User and password may be percent-encoded.
//
// Otherwise InvalidArgument; its message says which rule was broken, fit to follow the setting's
// name: "must start with redis:// or rediss://". It holds nothing of the text.
absl::StatusOr<RedisUrl> ParseRedisUrl(std::string_view text);

}  // namespace modelgates::gateway
