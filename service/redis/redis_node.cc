#include "redis/redis_node.h"

#include <utility>

namespace modelgates::gateway {
namespace {

BaseUrl ToBaseUrl(bool tls, const std::string& authority) {
  BaseUrl base;
  base.tls = tls;
  base.origin = (tls ? "https://" : "http://") + authority;
  return base;
}

}  // namespace

RedisNode::RedisNode(EpollLoop& loop, const TransportOptions& options, bool tls,
                     std::string authority, RedisLimits limits)
    : loop_(loop),
      authority_(std::move(authority)),
      limits_(limits),
      connector_(std::in_place, loop, options, ToBaseUrl(tls, authority_)) {}

Task<RedisNode::Result> RedisNode::Connect(TimePoint deadline, const std::stop_token& stop) {
  if (!connector_) co_return RedisConnectError{RedisFailure::kDown, "cancelled"};
  Task<CurlConnector::Result> connect = connector_->Connect(deadline, stop);
  CurlConnector::Result connected = co_await connect;
  if (const auto* failure = std::get_if<ConnectFailure>(&connected)) {
    co_return RedisConnectError{RedisFailure::kDown, std::string(ToString(failure->failure)),
                                failure->cause};
  }
  auto link = std::make_shared<RedisLink>(
      loop_, std::get<std::unique_ptr<Connection>>(std::move(connected)), limits_);
  Spawn(link->Serve());
  co_return link;
}

}  // namespace modelgates::gateway
