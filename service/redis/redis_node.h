#pragma once

#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <variant>

#include "base/epoll_loop.h"
#include "base/task.h"
#include "http/curl_connector.h"
#include "http/transport_options.h"
#include "redis/redis_link.h"

namespace modelgates::gateway {

// Why there is no connection, for the log.
struct RedisConnectError {
  RedisFailure failure = RedisFailure::kDown;
  std::string reason;
  std::string cause{};        // as ConnectFailure::cause
  std::string redis_error{};  // first word of the server's error
  std::string node{};         // "host:port" of the server or sentinel that failed
};

// Makes connections to one address. Loop thread only.
class RedisNode {
 public:
  using Result = std::variant<std::shared_ptr<RedisLink>, RedisConnectError>;

  // `options` must outlive it. `authority`: as RedisUrl::authority.
  RedisNode(EpollLoop& loop, const TransportOptions& options, bool tls, std::string authority,
            RedisLimits limits);

  // A connection on which nothing was sent. `stop` must outlive the task.
  Task<Result> Connect(TimePoint deadline, const std::stop_token& stop);

  // Starts to reload the CA file when it changes.
  void Watch() {
    if (connector_) connector_->Watch();
  }
  // Ends its connections; no new ones are made.
  void Close() { connector_.reset(); }

  const std::string& authority() const { return authority_; }

 private:
  EpollLoop& loop_;
  const std::string authority_;
  const RedisLimits limits_;
  std::optional<CurlConnector> connector_;  // none: closed
};

}  // namespace modelgates::gateway
