#include "redis/redis_sentinels.h"

#include <optional>
#include <string_view>
#include <utility>

#include "redis/redis_greeting.h"

namespace modelgates::gateway {
namespace {

constexpr size_t kMaxCommandBytes = 1024;

}  // namespace

RedisSentinels::RedisSentinels(EpollLoop& loop, const TransportOptions& options,
                               const RedisUrl& url, RedisLimits limits)
    : master_(url.master) {
  for (const std::string& authority : url.sentinels) {
    sentinels_.push_back(
        {std::make_unique<RedisNode>(loop, options, url.tls, authority, limits), nullptr});
  }
}

Task<RedisSentinels::Answer> RedisSentinels::Ask(size_t index, TimePoint deadline,
                                                 const std::stop_token& stop) {
  Sentinel& sentinel = sentinels_[index];
  if (!sentinel.link || sentinel.link->end()) {
    Task<RedisNode::Result> connect = sentinel.node->Connect(deadline, stop);
    RedisNode::Result connected = co_await connect;
    if (auto* error = std::get_if<RedisConnectError>(&connected)) co_return std::move(*error);
    sentinel.link = std::get<std::shared_ptr<RedisLink>>(std::move(connected));
  }
  const std::string_view question[] = {"SENTINEL", "get-master-addr-by-name", master_};
  Task<RedisResult> call =
      sentinel.link->Call(FormatRedisCommand(question, kMaxCommandBytes), deadline);
  const RedisResult result = co_await call;
  const auto* reply = std::get_if<RedisReply>(&result);
  if (reply != nullptr && reply->type == RedisReply::Type::kNil) {
    co_return RedisConnectError{RedisFailure::kRefused, "master_unknown"};
  }
  if (reply == nullptr || reply->elements.size() != 2) co_return ToRedisConnectError(result);
  std::optional<std::string> master =
      ToRedisAuthority(reply->elements[0].text, reply->elements[1].text);
  if (!master) co_return RedisConnectError{RedisFailure::kDown, "garbage"};
  co_return *std::move(master);
}

void RedisSentinels::Watch() {
  for (const Sentinel& sentinel : sentinels_) sentinel.node->Watch();
}

void RedisSentinels::Close() {
  for (Sentinel& sentinel : sentinels_) {
    if (sentinel.link) sentinel.link->End(RedisFailure::kLost);
    sentinel.node->Close();
  }
}

}  // namespace modelgates::gateway
