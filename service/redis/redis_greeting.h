#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "base/task.h"
#include "redis/redis_link.h"
#include "redis/redis_node.h"
#include "redis/redis_url.h"

namespace modelgates::gateway {

// RedisConnectError::reason of a server that is not a master.
constexpr std::string_view kNotMaster = "not_master";

// Logs in with the login of `url`, runs a script and selects its database; if `url` has sentinels,
// the server must also say that it is a master. nullopt: it accepts commands. `url` must outlive
// the task.
Task<std::optional<RedisConnectError>> GreetRedis(std::shared_ptr<RedisLink> link,
                                                  const RedisUrl& url, TimePoint deadline);

// Asks the server for its role. nullopt: it is a master.
Task<std::optional<RedisConnectError>> CheckRedisRole(std::shared_ptr<RedisLink> link,
                                                      TimePoint deadline);

// What an answer that is not the expected one means.
RedisConnectError ToRedisConnectError(const RedisResult& unexpected);

}  // namespace modelgates::gateway
