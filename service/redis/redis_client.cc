#include "redis/redis_client.h"

#include <fmt/format.h>

#include <algorithm>
#include <list>
#include <optional>
#include <stop_token>
#include <utility>

#include "redis/redis_outage.h"
#include "redis/redis_replica_wait.h"
#include "redis/redis_target.h"

namespace modelgates::gateway {
namespace {

bool IsRefusal(const RedisResult& result, std::string_view word) {
  const auto* reply = std::get_if<RedisReply>(&result);
  return reply != nullptr && IsRefusal(*reply, word);
}

// Whether the command may have an answer when it is sent again.
bool MayHaveAnAnswer(RedisFailure failure) {
  return failure == RedisFailure::kUnreplicated || failure == RedisFailure::kTimeout ||
         failure == RedisFailure::kLost || failure == RedisFailure::kDemoted;
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
        outage_(options_.failover_wait, options_.heartbeat),
        pause_(loop) {}

  const RedisLimits& limits() const { return options_.limits; }
  RedisStats stats() const;
  // Whether a command without an answer is worth sending again.
  bool AwaitsFailover();

  Task<void> Run();
  Task<RedisResult> Call(std::string command, TimePoint deadline, RedisAcks acks);
  void Close();

 private:
  // Connects, and serves until the connection ends.
  Task<RedisConnectError> ServeOnce();
  void MarkUp(std::shared_ptr<RedisLink> link);
  void MarkUnlinked();
  void MarkDown(const RedisConnectError& error);
  // False: there is no working connection.
  bool HasLink();
  Task<void> AwaitLink(TimePoint deadline);

  EpollLoop& loop_;
  const RedisUrl url_;
  const RedisOptions options_;
  Log& log_;
  RedisTarget target_;
  RedisOutage outage_;
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
  std::list<WaitPoint*> waiting_;                   // commands, for a connection
};

Task<void> RedisClient::Supervisor::Run() {
  const std::shared_ptr<Supervisor> self = shared_from_this();
  if (!closed_) target_.Watch();
  unlinked_since_ = loop_.Now();
  outage_.Unlinked(loop_.Now());
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
  outage_.Linked(loop_.Now());
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
  if (!link_) return;
  link_.reset();
  replica_wait_.reset();
  unlinked_since_ = loop_.Now();
  outage_.Unlinked(loop_.Now());
}

bool RedisClient::Supervisor::HasLink() {
  if (link_ && link_->end()) MarkUnlinked();
  return link_ != nullptr;
}

bool RedisClient::Supervisor::AwaitsFailover() {
  HasLink();
  return !closed_ && down_ != RedisFailure::kRefused && loop_.Now() < outage_.waits_until();
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

// For the first connection, or for that to the next master. Commands are sent in the order in which
// they came.
Task<void> RedisClient::Supervisor::AwaitLink(TimePoint deadline) {
  const TimePoint first = loop_.Now() + options_.limits.call_timeout;
  WaitPoint changed(loop_);
  const auto place = waiting_.insert(waiting_.end(), &changed);
  while (!closed_ && down_ != RedisFailure::kRefused) {
    const bool has_link = HasLink();
    if (has_link && waiting_.front() == &changed) break;
    TimePoint until = down_ ? outage_.waits_until() : std::max(first, outage_.waits_until());
    until = std::min(until, deadline);
    if (!has_link && loop_.Now() >= until) break;
    // Those before it have been notified.
    co_await changed.Wait(has_link ? loop_.Now() : until, stop_token_);
  }
  waiting_.erase(place);
}

Task<RedisResult> RedisClient::Supervisor::Call(std::string command, TimePoint deadline,
                                                RedisAcks acks) {
  const std::shared_ptr<Supervisor> self = shared_from_this();
  if (command.empty()) co_return RedisFailure::kCrowded;
  if (!HasLink() || !waiting_.empty()) {
    if (waiting_.size() >= options_.limits.max_calls) co_return RedisFailure::kCrowded;
    Task<void> await = AwaitLink(deadline);
    co_await await;
  }
  if (!link_) {
    Wipe(command);
    co_return down_.value_or(RedisFailure::kDown);
  }
  const std::shared_ptr<RedisLink> link = link_;
  // Of the same link: another server knows nothing of what this one was told.
  const std::shared_ptr<RedisReplicaWait> wait = replica_wait_;
  deadline = std::min(deadline, loop_.Now() + options_.limits.call_timeout);
  Task<RedisResult> call = link->Call(std::move(command), deadline);
  RedisResult result = co_await call;
  if (target_.has_sentinels() && IsRefusal(result, "READONLY")) {
    link->End(RedisFailure::kDemoted);
    co_return RedisFailure::kDemoted;
  }
  if (IsRefusal(result, "NOREPLICAS")) {
    outage_.Acknowledged(false, loop_.Now());
    if (!AwaitsFailover()) co_return result;
    WaitPoint pause(loop_);
    co_await pause.Wait(loop_.Now() + options_.replica_timeout, stop_token_);
    co_return RedisFailure::kUnreplicated;
  }
  const auto* reply = std::get_if<RedisReply>(&result);
  const bool is_done = reply != nullptr && reply->type != RedisReply::Type::kError;
  if (acks == RedisAcks::kServer || !is_done) co_return result;
  if (!wait) {
    outage_.Acknowledged(true, loop_.Now());
    co_return result;
  }
  Task<bool> replicate = wait->UntilReplicated(outage_, stop_token_);
  if (co_await replicate) co_return result;
  ++stats_.unreplicated;
  if (acks == RedisAcks::kTryReplicas && !link->end()) co_return result;
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
                                   RedisAcks acks, Again again) {
  const std::shared_ptr<Supervisor> supervisor = supervisor_;
  const size_t max_bytes = supervisor->limits().max_command_bytes;
  const std::string key_count = fmt::format("{}", keys.size());
  for (bool by_text = false;;) {
    std::vector<std::string_view> command = {"EVALSHA", script.sha1, key_count};
    if (by_text) command = {"EVAL", script.text, key_count};
    command.insert(command.end(), keys.begin(), keys.end());
    command.insert(command.end(), args.begin(), args.end());
    Task<RedisResult> call =
        supervisor->Call(FormatRedisCommand(command, max_bytes), deadline, acks);
    RedisResult result = co_await call;
    const bool is_unknown = !by_text && IsRefusal(result, "NOSCRIPT");
    by_text = is_unknown;
    const auto* failure = std::get_if<RedisFailure>(&result);
    const bool is_lost = failure != nullptr && again != nullptr && MayHaveAnAnswer(*failure) &&
                         supervisor->AwaitsFailover();
    if (!is_unknown && !is_lost) co_return result;
    // Later commands may have been executed meanwhile.
    if (again != nullptr) again(args);
  }
}

}  // namespace modelgates::gateway
