#include "redis/redis_target.h"

#include <utility>
#include <variant>

#include "redis/redis_greeting.h"

namespace modelgates::gateway {
namespace {

constexpr std::string_view kPing[] = {"PING"};
constexpr size_t kPingBytes = 1000;

TransportOptions ToTransportOptions(const RedisOptions& options) {
  TransportOptions transport;
  transport.ca_file = options.ca_file;
  transport.ca_setting = options.ca_setting;
  transport.reloads = options.reloads;
  transport.connect_timeout = options.connect_timeout;
  transport.speaks_http = false;
  return transport;
}

// A reload of the file is reported once, for the server.
TransportOptions WithoutReports(TransportOptions options) {
  options.reloads = nullptr;
  return options;
}

}  // namespace

RedisTarget::RedisTarget(EpollLoop& loop, const RedisUrl& url, const RedisOptions& options)
    : loop_(loop),
      url_(url),
      options_(options),
      node_options_(ToTransportOptions(options)),
      sentinel_options_(WithoutReports(node_options_)) {
  if (url_.sentinels.empty()) {
    UseNode(url_.authority);
  } else {
    sentinels_.emplace(loop, sentinel_options_, url_, options_.limits);
  }
}

Task<RedisNode::Result> RedisTarget::Connect(const std::stop_token& stop) {
  return sentinels_ ? ConnectToMaster(stop) : ConnectToNode(stop);
}

// A sentinel that is cut off from the others may name a node that is no longer the master, so the
// next one is asked then.
Task<RedisNode::Result> RedisTarget::ConnectToMaster(const std::stop_token& stop) {
  RedisConnectError error;
  std::string tried;
  const size_t first = first_asked_;
  for (size_t i = 0; i < sentinels_->count() && !closed_; ++i) {
    const size_t index = (first + i) % sentinels_->count();
    Task<RedisSentinels::Answer> ask = AskSentinel(index, stop);
    RedisSentinels::Answer answer = co_await ask;
    if (auto* failure = std::get_if<RedisConnectError>(&answer)) {
      // The refusal of one sentinel explains more than another one that cannot be reached.
      const bool explains = error.failure != RedisFailure::kRefused;
      if (!tried.empty() || !explains) continue;
      error = std::move(*failure);
      error.node = url_.sentinels[index];
      continue;
    }
    std::string& master = std::get<std::string>(answer);
    if (closed_ || master == tried) continue;
    tried = std::move(master);
    UseNode(tried);
    Task<RedisNode::Result> connect = ConnectToNode(stop);
    RedisNode::Result connected = co_await connect;
    first_asked_ = index;
    if (std::holds_alternative<std::shared_ptr<RedisLink>>(connected)) co_return connected;
    error = std::get<RedisConnectError>(std::move(connected));
  }
  co_return error;
}

Task<RedisNode::Result> RedisTarget::ConnectToNode(const std::stop_token& stop) {
  const TimePoint deadline = loop_.Now() + options_.connect_timeout;
  Task<RedisNode::Result> connect = node_->Connect(deadline, stop);
  RedisNode::Result connected = co_await connect;
  if (auto* failure = std::get_if<RedisConnectError>(&connected)) {
    failure->node = node_->authority();
    co_return connected;
  }
  const auto link = std::get<std::shared_ptr<RedisLink>>(connected);
  Task<std::optional<RedisConnectError>> greet = GreetRedis(link, url_, deadline);
  std::optional<RedisConnectError> error = co_await greet;
  if (!error) co_return link;
  link->End(RedisFailure::kLost);
  error->node = node_->authority();
  co_return *std::move(error);
}

Task<void> RedisTarget::Check(std::shared_ptr<RedisLink> link, const std::stop_token& stop) {
  if (!sentinels_) {
    // Any answer counts, because a login may not permit PING. Without an answer the link ends.
    Task<RedisResult> ping = link->Call(FormatRedisCommand(kPing, kPingBytes), TimePoint::max());
    co_await ping;
    co_return;
  }
  Task<std::optional<RedisConnectError>> check = CheckRedisRole(link, TimePoint::max());
  const std::optional<RedisConnectError> error = co_await check;
  if (error && error->reason == kNotMaster) link->End(RedisFailure::kDemoted);
  const size_t first = first_asked_;
  for (size_t i = 0; i < sentinels_->count() && !link->end() && !closed_; ++i) {
    const size_t index = (first + i) % sentinels_->count();
    Task<RedisSentinels::Answer> ask = AskSentinel(index, stop);
    const RedisSentinels::Answer answer = co_await ask;
    const auto* master = std::get_if<std::string>(&answer);
    if (master == nullptr) continue;
    first_asked_ = index;
    if (*master != node_->authority()) link->End(RedisFailure::kDemoted);
    break;
  }
}

Task<RedisSentinels::Answer> RedisTarget::AskSentinel(size_t index, const std::stop_token& stop) {
  return sentinels_->Ask(index, loop_.Now() + options_.connect_timeout / 2, stop);
}

void RedisTarget::UseNode(const std::string& authority) {
  if (node_ && node_->authority() == authority) return;
  node_ = std::make_unique<RedisNode>(loop_, node_options_, url_.tls, authority, options_.limits);
  if (watches_) node_->Watch();
}

void RedisTarget::Watch() {
  watches_ = true;
  if (node_) node_->Watch();
  if (sentinels_) sentinels_->Watch();
}

void RedisTarget::Close() {
  closed_ = true;
  if (sentinels_) sentinels_->Close();
  if (node_) node_->Close();
}

}  // namespace modelgates::gateway
