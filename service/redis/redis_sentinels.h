#pragma once

#include <memory>
#include <stop_token>
#include <string>
#include <variant>
#include <vector>

#include "base/epoll_loop.h"
#include "base/task.h"
#include "http/transport_options.h"
#include "redis/redis_link.h"
#include "redis/redis_node.h"
#include "redis/redis_url.h"

namespace modelgates::gateway {

// The sentinels of a URL, asked for the master's address one by one ("Guidelines for Redis clients
// with support for Sentinel", redis.io). A connection to one that has answered is kept. Sentinels
// get no login. Loop thread only.
class RedisSentinels {
 public:
  using Answer = std::variant<std::string, RedisConnectError>;

  // `options` must outlive it.
  RedisSentinels(EpollLoop& loop, const TransportOptions& options, const RedisUrl& url,
                 RedisLimits limits);

  size_t count() const { return sentinels_.size(); }

  // The master's "host:port", as the sentinel number `index` knows it. Waits at most until
  // `deadline`. One question at a time. `stop` must outlive the task.
  Task<Answer> Ask(size_t index, TimePoint deadline, const std::stop_token& stop);

  void Watch();
  // Ends its connections; no new ones are made.
  void Close();

 private:
  struct Sentinel {
    std::unique_ptr<RedisNode> node;
    std::shared_ptr<RedisLink> link;  // null: none
  };

  const std::string master_;
  std::vector<Sentinel> sentinels_;
};

}  // namespace modelgates::gateway
