#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "base/epoll_loop.h"
#include "base/task.h"
#include "http/transport_options.h"
#include "redis/redis_link.h"
#include "redis/redis_node.h"
#include "redis/redis_options.h"
#include "redis/redis_sentinels.h"
#include "redis/redis_url.h"

namespace modelgates::gateway {

// What a URL leads to: one server, or the master that its sentinels name. Loop thread only, except
// the constructor.
class RedisTarget {
 public:
  // `loop`, `url` and `options` must outlive it.
  RedisTarget(EpollLoop& loop, const RedisUrl& url, const RedisOptions& options);

  // A connection that accepts commands. With sentinels only a server that says that it is a master
  // is taken. `stop` must outlive the task. One task at a time, also of Check.
  Task<RedisNode::Result> Connect(const std::stop_token& stop);

  // Ends the connection if its server does not answer or is no longer the master.
  Task<void> Check(std::shared_ptr<RedisLink> link, const std::stop_token& stop);

  bool has_sentinels() const { return sentinels_.has_value(); }
  // Address of the server of the last attempt to connect; empty: no sentinel has named one.
  std::string node() const { return node_ ? node_->authority() : ""; }

  // Starts to reload the CA file when it changes.
  void Watch();
  // Ends its connections; no new ones are made.
  void Close();

 private:
  Task<RedisNode::Result> ConnectToMaster(const std::stop_token& stop);
  Task<RedisNode::Result> ConnectToNode(const std::stop_token& stop);
  Task<RedisSentinels::Answer> AskSentinel(size_t index, const std::stop_token& stop);
  void UseNode(const std::string& authority);

  EpollLoop& loop_;
  const RedisUrl& url_;
  const RedisOptions& options_;
  const TransportOptions node_options_;
  const TransportOptions sentinel_options_;
  std::optional<RedisSentinels> sentinels_;
  size_t first_asked_ = 0;  // the sentinel whose answer was used last
  std::unique_ptr<RedisNode> node_;
  bool watches_ = false;
  bool closed_ = false;
};

}  // namespace modelgates::gateway
