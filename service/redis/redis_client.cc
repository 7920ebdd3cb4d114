#include "redis/redis_client.h"

#include <absl/strings/match.h>
#include <fmt/format.h>

#include <algorithm>
#include <list>
#include <optional>
#include <stop_token>
#include <utility>

#include "http/curl_connector.h"

namespace modelgates::gateway {
namespace {

constexpr std::string_view kPing[] = {"PING"};
constexpr size_t kPingBytes = 1000;

BaseUrl ToBaseUrl(const RedisUrl& url) {
  BaseUrl base;
  base.tls = url.tls;
  base.origin = (url.tls ? "https://" : "http://") + url.authority;
  return base;
}

TransportOptions ToTransportOptions(const RedisOptions& options) {
  TransportOptions transport;
  transport.ca_file = options.ca_file;
  transport.ca_setting = options.ca_setting;
  transport.reloads = options.reloads;
  transport.connect_timeout = options.connect_timeout;
  transport.speaks_http = false;
  return transport;
}

// The server refuses the login, as opposed to one that is not ready (LOADING).
bool IsRefusal(const std::string& word) {
  return word == "WRONGPASS" || word == "NOAUTH" || word == "NOPERM" || word == "ERR";
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
        transport_options_(ToTransportOptions(options_)),
        log_(log),
        connector_(std::in_place, loop, transport_options_, ToBaseUrl(url_)),
        pause_(loop) {}

  const RedisLimits& limits() const { return options_.limits; }
  TimePoint Now() const { return loop_.Now(); }

  Task<void> Run();
  Task<RedisResult> Call(std::string command, TimePoint deadline);
  void Close();

 private:
  // Why there is no connection.
  struct ConnectError {
    RedisFailure failure = RedisFailure::kDown;
    std::string reason;   // for the log
    std::string cause{};  // likewise, as TransportError::cause
    std::string redis_error{};
  };

  // Connects, and serves until the connection ends.
  Task<ConnectError> ServeOnce();
  // Logs in and selects the database. nullopt: the server accepts commands.
  Task<std::optional<ConnectError>> Greet(std::shared_ptr<RedisLink> link, TimePoint deadline);
  void MarkUp(std::shared_ptr<RedisLink> link);
  void MarkDown(const ConnectError& error);

  EpollLoop& loop_;
  const RedisUrl url_;
  const RedisOptions options_;
  const TransportOptions transport_options_;
  Log& log_;
  std::optional<CurlConnector> connector_;
  std::stop_source stop_;
  const std::stop_token stop_token_ = stop_.get_token();
  WaitPoint pause_;
  std::shared_ptr<RedisLink> link_;     // the working connection; null: none
  std::optional<RedisFailure> down_;    // the server is down: the result of commands
  std::optional<RedisFailure> logged_;  // the failure that was logged last
  std::list<WaitPoint*> waiting_;       // commands, for the first connection
};

Task<void> RedisClient::Supervisor::Run() {
  const std::shared_ptr<Supervisor> self = shared_from_this();
  if (connector_) connector_->Watch();
  while (connector_) {
    const TimePoint begin = loop_.Now();
    Task<ConnectError> serve = ServeOnce();
    const ConnectError error = co_await serve;
    if (!connector_) break;
    // A server may close a connection that worked, for example at a restart or when it is idle. If
    // it does so again and again, it is down.
    if (error.failure == RedisFailure::kLost && loop_.Now() - begin >= options_.probe_interval) {
      continue;
    }
    MarkDown(error);
    co_await pause_.Wait(loop_.Now() + options_.probe_interval, stop_token_);
  }
}

Task<RedisClient::Supervisor::ConnectError> RedisClient::Supervisor::ServeOnce() {
  const TimePoint deadline = loop_.Now() + options_.connect_timeout;
  Task<CurlConnector::Result> connect = connector_->Connect(deadline, stop_token_);
  CurlConnector::Result connected = co_await connect;
  if (const auto* failure = std::get_if<ConnectFailure>(&connected)) {
    co_return ConnectError{RedisFailure::kDown, std::string(ToString(failure->failure)),
                           failure->cause};
  }
  const auto link = std::make_shared<RedisLink>(
      loop_, std::get<std::unique_ptr<Connection>>(std::move(connected)), options_.limits);
  Spawn(link->Serve());
  Task<std::optional<ConnectError>> greet = Greet(link, deadline);
  std::optional<ConnectError> error = co_await greet;
  if (error) {
    link->End(RedisFailure::kLost);
    co_return *std::move(error);
  }
  // The client may have been destroyed meanwhile, and the log after it.
  if (!connector_) co_return ConnectError{};
  MarkUp(link);
  while (!link->end() && connector_) {
    const TimePoint until = loop_.Now() + options_.heartbeat;
    const WaitPoint::Result woken = co_await link->ended().Wait(until, stop_token_);
    if (woken != WaitPoint::Result::kDeadline) continue;
    // Any answer counts, because a login may not permit PING. Without an answer the link ends.
    Task<RedisResult> ping = link->Call(FormatRedisCommand(kPing, kPingBytes), TimePoint::max());
    co_await ping;
  }
  link_.reset();
  const RedisFailure end = link->end().value_or(RedisFailure::kLost);
  co_return ConnectError{end, std::string(ToString(end))};
}

Task<std::optional<RedisClient::Supervisor::ConnectError>> RedisClient::Supervisor::Greet(
    std::shared_ptr<RedisLink> link, TimePoint deadline) {
  std::vector<std::string> commands;
  if (!url_.password.empty()) {
    std::vector<std::string_view> login = {"AUTH"};
    if (!url_.user.empty()) login.push_back(url_.user);
    login.push_back(url_.password.Reveal());
    commands.push_back(FormatRedisCommand(login, options_.limits.max_command_bytes));
  }
  // Also for database 0, the default: a server is up when it has answered.
  const std::string database = fmt::format("{}", url_.database);
  const std::vector<std::string_view> select = {"SELECT", database};
  commands.push_back(FormatRedisCommand(select, options_.limits.max_command_bytes));

  for (std::string& command : commands) {
    Task<RedisResult> call = link->Call(std::move(command), deadline);
    Wipe(command);  // a move may leave a copy
    const RedisResult result = co_await call;
    if (const auto* failure = std::get_if<RedisFailure>(&result)) {
      co_return ConnectError{RedisFailure::kDown, std::string(ToString(*failure))};
    }
    const auto& reply = std::get<RedisReply>(result);
    if (reply.type == RedisReply::Type::kError) {
      const std::string word = ErrorWord(reply);
      const bool refused = IsRefusal(word);
      co_return ConnectError{refused ? RedisFailure::kRefused : RedisFailure::kDown,
                             refused ? "refused" : "not_ready", "", word};
    }
    if (!reply.IsStatus("OK")) co_return ConnectError{RedisFailure::kDown, "garbage"};
  }
  co_return std::nullopt;
}

void RedisClient::Supervisor::MarkUp(std::shared_ptr<RedisLink> link) {
  link_ = std::move(link);
  const bool was_down = down_.has_value();
  down_.reset();
  logged_.reset();
  for (WaitPoint* point : waiting_) point->Notify();
  if (!was_down) return;
  LogLine line = log_.Line(Severity::kInfo, "redis_up", "the shared store can be reached again");
  log_.Write(line.Add("url", url_.Shown()));
}

void RedisClient::Supervisor::MarkDown(const ConnectError& error) {
  down_ = error.failure == RedisFailure::kRefused ? RedisFailure::kRefused : RedisFailure::kDown;
  for (WaitPoint* point : waiting_) point->Notify();
  // A lost connection and the failed attempts after it are one outage; a refusal is another.
  if (std::exchange(logged_, down_) == down_) return;
  const bool refused = down_ == RedisFailure::kRefused;
  LogLine line = log_.Line(refused ? Severity::kError : Severity::kWarning, "redis_down",
                           "the shared store cannot be reached");
  line.Add("url", url_.Shown()).Add("reason", error.reason);
  if (!error.cause.empty()) line.Add("cause", error.cause);
  if (!error.redis_error.empty()) line.Add("redis_error", error.redis_error);
  log_.Write(line);
}

Task<RedisResult> RedisClient::Supervisor::Call(std::string command, TimePoint deadline) {
  const std::shared_ptr<Supervisor> self = shared_from_this();
  deadline = std::min(deadline, loop_.Now() + options_.limits.call_timeout);
  if (command.empty()) co_return RedisFailure::kCrowded;
  if (!link_ && !down_ && connector_) {
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
  Task<RedisResult> call = link_->Call(std::move(command), deadline);
  co_return co_await call;
}

void RedisClient::Supervisor::Close() {
  stop_.request_stop();
  if (link_) link_->End(RedisFailure::kLost);
  connector_.reset();
}

RedisClient::RedisClient(EpollLoop& loop, RedisUrl url, RedisOptions options, Log& log)
    : supervisor_(std::make_shared<Supervisor>(loop, std::move(url), std::move(options), log)) {
  loop.Post([supervisor = supervisor_] { Spawn(supervisor->Run()); });
}

RedisClient::~RedisClient() { Close(); }

void RedisClient::Close() { supervisor_->Close(); }

Task<RedisResult> RedisClient::Call(std::span<const std::string_view> args, TimePoint deadline) {
  return supervisor_->Call(FormatRedisCommand(args, supervisor_->limits().max_command_bytes),
                           deadline);
}

Task<RedisResult> RedisClient::Run(const RedisScript& script, std::vector<std::string> keys,
                                   std::vector<std::string> args, TimePoint deadline) {
  const std::shared_ptr<Supervisor> supervisor = supervisor_;
  deadline = std::min(deadline, supervisor->Now() + supervisor->limits().call_timeout);
  const std::string key_count = fmt::format("{}", keys.size());
  std::vector<std::string_view> command = {"EVALSHA", script.sha1, key_count};
  command.insert(command.end(), keys.begin(), keys.end());
  command.insert(command.end(), args.begin(), args.end());

  Task<RedisResult> by_name = supervisor->Call(
      FormatRedisCommand(command, supervisor->limits().max_command_bytes), deadline);
  RedisResult result = co_await by_name;
  const auto* reply = std::get_if<RedisReply>(&result);
  const bool unknown = reply != nullptr && reply->type == RedisReply::Type::kError &&
                       absl::StartsWith(reply->text, "NOSCRIPT");
  if (!unknown) co_return result;

  command[0] = "EVAL";
  command[1] = script.text;
  Task<RedisResult> by_text = supervisor->Call(
      FormatRedisCommand(command, supervisor->limits().max_command_bytes), deadline);
  co_return co_await by_text;
}

}  // namespace modelgates::gateway
