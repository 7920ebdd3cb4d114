#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <variant>

#include "base/event_loop.h"
#include "base/task.h"
#include "base/wait_point.h"
#include "http/connection.h"
#include "redis/redis_protocol.h"

namespace modelgates::gateway {

// Why a command has no answer. With all but the last three the server may have executed it, or may
// do so later.
enum class RedisFailure : uint8_t {
  kUnreplicated,  // executed, but not acknowledged by enough replicas in time
  kTimeout,       // not answered in time
  kLost,          // the connection ended before the answer
  kDemoted,       // likewise, because the server is no longer the master
  kGarbage,       // the received bytes are not an answer, or it is too large
  kDown,          // not sent: the server cannot be reached
  kRefused,       // not sent: the server refuses login or database
  kCrowded,       // not sent: too many commands are running, or it is too large
};

std::string_view ToString(RedisFailure failure);

// An error from the server is an answer.
using RedisResult = std::variant<RedisReply, RedisFailure>;

struct RedisLimits {
  // Time without an answer to a command after which the connection is closed.
  Duration call_timeout = std::chrono::milliseconds(250);
  size_t max_reply_bytes = 1024 * 1024;
  size_t max_command_bytes = 1024 * 1024;
  // Bounds on running commands, and on their bytes that the kernel has not accepted yet.
  size_t max_calls = 4096;
  size_t max_unsent_bytes = 16 * 1024 * 1024;
};

// One connection to a Redis server, with pipelining: commands are sent as they come and answered in
// that order. Loop thread only.
//
// A command that is not answered within `call_timeout` ends the connection and all running
// commands: answers come in order, and a peer that vanished is noticed in no other way. A late
// answer is lost with the connection, so it cannot be taken for the answer of another command. If a
// caller leaves earlier, the connection stays, and its answer is dropped.
class RedisLink final : private Timer, public std::enable_shared_from_this<RedisLink> {
 public:
  RedisLink(EventLoop& loop, std::unique_ptr<Connection> connection, const RedisLimits& limits);
  RedisLink(const RedisLink&) = delete;
  RedisLink& operator=(const RedisLink&) = delete;
  ~RedisLink() override;

  // Receives until the connection ends. Must be started once; without it no command is answered.
  Task<void> Serve();

  // `command`: made by FormatRedisCommand. Waits at most until `deadline`.
  Task<RedisResult> Call(std::string command, TimePoint deadline);

  // Ends the connection; all running commands get this error.
  void End(RedisFailure why);

  // Notified when the connection has ended.
  WaitPoint& ended() { return ended_; }
  // Why it ended; nullopt: it has not ended.
  std::optional<RedisFailure> end() const { return end_; }

 private:
  struct Pending;
  struct Slot {
    Pending* pending;  // null: its caller has left
    TimePoint late;
  };

  void OnTimer() override { End(RedisFailure::kTimeout); }
  void Flush();
  void Receive();
  void Answer(RedisReply reply);
  void WatchFirst();

  EventLoop& loop_;
  const std::unique_ptr<Connection> connection_;
  const RedisLimits limits_;
  RedisReplyReader reader_;
  std::list<Slot> slots_;  // in the order of the commands
  // The bytes that are being sent. They must not move until they are accepted, which TLS requires.
  std::string sending_;
  size_t sent_ = 0;
  std::string queued_;
  std::optional<RedisFailure> end_;
  WaitPoint ended_;
};

}  // namespace modelgates::gateway
