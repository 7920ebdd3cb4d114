#include "redis/redis_client.h"

#include <absl/strings/match.h>
#include <fmt/format.h>

#include <algorithm>
#include <list>
#include <optional>
#include <stop_token>
#include <utility>

#include "redis/redis_replica_wait.h"
#include "redis/redis_target.h"

namespace modelgates::gateway {
namespace {

// A script that meets a replica is refused as a whole. Before Redis 7 the word is within the text.
bool IsReadOnly(const RedisResult& result) {
  const auto* reply = std::get_if<RedisReply>(&result);
  return reply != nullptr && reply->type == RedisReply::Type::kError &&
         (absl::StartsWith(reply->text, "READONLY ") ||
          absl::StrContains(reply->text, "-READONLY "));
}

}  // namespace

// Keeps a connection open. Commands and its own coroutine share its ownership, so it outlives the
// client until they have ended.
class RedisClient::Supervisor : public std::enable_shared_from_this<Supervisor> {
 public:
  Supervisor(EpollLoop& loop, RedisUrl url, RedisOptions options, Log& log)
      : loop_(loop),
        url_(std::move(url)),
        options_(std::move(options)),
        log_(log),
        target_(loop, url_, options_),
        pause_(loop) {}

  const RedisLimits& limits() const { return options_.limits; }
  TimePoint Now() const { return loop_.Now(); }
  RedisStats stats() const;

  Task<void> Run();
  Task<RedisResult> Call(std::string command, TimePoint deadline, RedisAcks acks);
  void Close();

 private:
  // Connects, and serves until the connection ends.
  Task<RedisConnectError> ServeOnce();
  void MarkUp(std::shared_ptr<RedisLink> link);
  void MarkUnlinked();
  void MarkDown(const RedisConnectError& error);

  EpollLoop& loop_;
  const RedisUrl url_;
  const RedisOptions options_;
  Log& log_;
  RedisTarget target_;
  bool closed_ = false;
  std::stop_source stop_;
  const std::stop_token stop_token_ = stop_.get_token();
  WaitPoint pause_;
  RedisStats stats_;
  std::optional<TimePoint> unlinked_since_;         // absent: not started, or there is a link_
  std::string served_by_;                           // the node of the last working connection
  std::shared_ptr<RedisLink> link_;                 // the working connection; null: none
  std::shared_ptr<RedisReplicaWait> replica_wait_;  // of link_; null: no replicas are needed
  std::optional<RedisFailure> down_;                // the server is down: the result of commands
  std::optional<RedisFailure> logged_;              // the failure that was logged last
  std::list<WaitPoint*> waiting_;                   // commands, for the first connection
};

Task<void> RedisClient::Supervisor::Run() {
  const std::shared_ptr<Supervisor> self = shared_from_this();
  if (!closed_) target_.Watch();
  unlinked_since_ = loop_.Now();
  while (!closed_) {
    const TimePoint begin = loop_.Now();
    Task<RedisConnectError> serve = ServeOnce();
    const RedisConnectError error = co_await serve;
    if (closed_) break;
    // A server may close a connection that worked, for example at a restart or when it is idle. If
    // it does so again and again, it is down.
    const bool is_end =
        error.failure == RedisFailure::kLost || error.failure == RedisFailure::kDemoted;
    if (is_end && loop_.Now() - begin >= options_.probe_interval) continue;
    MarkDown(error);
    co_await pause_.Wait(loop_.Now() + options_.probe_interval, stop_token_);
  }
}

Task<RedisConnectError> RedisClient::Supervisor::ServeOnce() {
  Task<RedisNode::Result> connect = target_.Connect(stop_token_);
  RedisNode::Result connected = co_await connect;
  if (auto* error = std::get_if<RedisConnectError>(&connected)) co_return std::move(*error);
  const auto link = std::get<std::shared_ptr<RedisLink>>(std::move(connected));
  // The client may have been destroyed meanwhile, and the log after it.
  if (closed_) co_return RedisConnectError{};
  MarkUp(link);
  while (!link->end() && !closed_) {
    const TimePoint until = loop_.Now() + options_.heartbeat;
    const WaitPoint::Result woken = co_await link->ended().Wait(until, stop_token_);
    if (woken != WaitPoint::Result::kDeadline) continue;
    Task<void> check = target_.Check(link, stop_token_);
    co_await check;
  }
  MarkUnlinked();
  const RedisFailure end = link->end().value_or(RedisFailure::kLost);
  co_return RedisConnectError{end, std::string(ToString(end)), "", "", target_.node()};
}

RedisStats RedisClient::Supervisor::stats() const {
  RedisStats stats = stats_;
  stats.connected = link_ != nullptr;
  if (unlinked_since_) stats.disconnected += loop_.Now() - *unlinked_since_;
  return stats;
}

void RedisClient::Supervisor::MarkUp(std::shared_ptr<RedisLink> link) {
  link_ = std::move(link);
  if (options_.replicas > 0) {
    replica_wait_ = std::make_shared<RedisReplicaWait>(loop_, link_, options_.replicas,
                                                       options_.replica_timeout);
  }
  const Duration unlinked = loop_.Now() - *std::exchange(unlinked_since_, std::nullopt);
  const auto down_ms = std::chrono::duration_cast<std::chrono::milliseconds>(unlinked).count();
  stats_.disconnected += unlinked;
  const bool was_down = down_.has_value();
  down_.reset();
  logged_.reset();
  for (WaitPoint* point : waiting_) point->Notify();
  if (was_down) {
    LogLine line = log_.Line(Severity::kInfo, "redis_up", "the shared store can be reached again");
    log_.Write(line.Add("url", url_.Shown()).Add("node", target_.node()).Add("down_ms", down_ms));
  }
  const std::string previous = std::exchange(served_by_, target_.node());
  if (!target_.has_sentinels() || previous == served_by_) return;
  if (!previous.empty()) ++stats_.moves;
  LogLine line = log_.Line(Severity::kInfo, "redis_master", "the shared store has this master");
  line.Add("url", url_.Shown()).Add("node", served_by_);
  if (!previous.empty()) line.Add("previous_node", previous);
  log_.Write(line.Add("down_ms", down_ms));
}

void RedisClient::Supervisor::MarkUnlinked() {
  link_.reset();
  replica_wait_.reset();
  unlinked_since_ = loop_.Now();
}

void RedisClient::Supervisor::MarkDown(const RedisConnectError& error) {
  down_ = error.failure == RedisFailure::kRefused ? RedisFailure::kRefused : RedisFailure::kDown;
  for (WaitPoint* point : waiting_) point->Notify();
  // A lost connection and the failed attempts after it are one outage; a refusal is another.
  if (std::exchange(logged_, down_) == down_) return;
  const bool refused = down_ == RedisFailure::kRefused;
  LogLine line = log_.Line(refused ? Severity::kError : Severity::kWarning, "redis_down",
                           "the shared store cannot be reached");
  line.Add("url", url_.Shown()).Add("reason", error.reason);
  if (!error.node.empty()) line.Add("node", error.node);
  if (!error.cause.empty()) line.Add("cause", error.cause);
  if (!error.redis_error.empty()) line.Add("redis_error", error.redis_error);
  log_.Write(line);
}

Task<RedisResult> RedisClient::Supervisor::Call(std::string command, TimePoint deadline,
                                                RedisAcks acks) {
  const std::shared_ptr<Supervisor> self = shared_from_this();
  deadline = std::min(deadline, loop_.Now() + options_.limits.call_timeout);
  if (command.empty()) co_return RedisFailure::kCrowded;
  if (!link_ && !down_ && !closed_) {
    if (waiting_.size() >= options_.limits.max_calls) co_return RedisFailure::kCrowded;
    WaitPoint connected(loop_);
    const auto place = waiting_.insert(waiting_.end(), &connected);
    co_await connected.Wait(deadline, stop_token_);
    waiting_.erase(place);
  }
  if (!link_) {
    Wipe(command);
    co_return down_.value_or(RedisFailure::kDown);
  }
  const std::shared_ptr<RedisLink> link = link_;
  // Of the same link: another server knows nothing of what this one was told.
  const std::shared_ptr<RedisReplicaWait> wait = replica_wait_;
  Task<RedisResult> call = link->Call(std::move(command), deadline);
  RedisResult result = co_await call;
  if (target_.has_sentinels() && IsReadOnly(result)) {
    link->End(RedisFailure::kDemoted);
    co_return RedisFailure::kDemoted;
  }
  const auto* reply = std::get_if<RedisReply>(&result);
  const bool is_done = reply != nullptr && reply->type != RedisReply::Type::kError;
  if (acks == RedisAcks::kServer || !wait || !is_done) co_return result;
  Task<RedisResult> ask = wait->Ask();
  const RedisResult answer = co_await ask;
  if (wait->IsEnough(answer)) co_return result;
  ++stats_.unreplicated;
  co_return RedisFailure::kUnreplicated;
}

void RedisClient::Supervisor::Close() {
  closed_ = true;
  stop_.request_stop();
  if (link_) link_->End(RedisFailure::kLost);
  target_.Close();
}

RedisClient::RedisClient(EpollLoop& loop, RedisUrl url, RedisOptions options, Log& log)
    : supervisor_(std::make_shared<Supervisor>(loop, std::move(url), std::move(options), log)) {
  loop.Post([supervisor = supervisor_] { Spawn(supervisor->Run()); });
}

RedisClient::~RedisClient() { Close(); }

void RedisClient::Close() { supervisor_->Close(); }

RedisStats RedisClient::stats() const { return supervisor_->stats(); }

Task<RedisResult> RedisClient::Call(std::span<const std::string_view> args, TimePoint deadline) {
  return supervisor_->Call(FormatRedisCommand(args, supervisor_->limits().max_command_bytes),
                           deadline, RedisAcks::kServer);
}

Task<RedisResult> RedisClient::Run(const RedisScript& script, std::vector<std::string> keys,
                                   std::vector<std::string> args, TimePoint deadline,
                                   RedisAcks acks) {
  const std::shared_ptr<Supervisor> supervisor = supervisor_;
  deadline = std::min(deadline, supervisor->Now() + supervisor->limits().call_timeout);
  const std::string key_count = fmt::format("{}", keys.size());
  std::vector<std::string_view> command = {"EVALSHA", script.sha1, key_count};
  command.insert(command.end(), keys.begin(), keys.end());
  command.insert(command.end(), args.begin(), args.end());

  Task<RedisResult> by_name = supervisor->Call(
      FormatRedisCommand(command, supervisor->limits().max_command_bytes), deadline, acks);
  RedisResult result = co_await by_name;
  const auto* reply = std::get_if<RedisReply>(&result);
  const bool unknown = reply != nullptr && reply->type == RedisReply::Type::kError &&
                       absl::StartsWith(reply->text, "NOSCRIPT");
  if (!unknown) co_return result;

  command[0] = "EVAL";
  command[1] = script.text;
  Task<RedisResult> by_text = supervisor->Call(
      FormatRedisCommand(command, supervisor->limits().max_command_bytes), deadline, acks);
  co_return co_await by_text;
}

}  // namespace modelgates::gateway
