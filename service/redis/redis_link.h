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

// Why a command has no answer. But for the last three, it may have been executed, or may be yet.
enum class RedisFailure : uint8_t {
  kTimeout,  // not answered in time
  kLost,     // the connection ended before the answer
  kGarbage,  // what came is no answer, or too large a one
  kDown,     // not sent: the server is known to be out of reach
  kRefused,  // not sent: the server will not have this login or database
  kCrowded,  // not sent: too many commands are under way, or it is too large
};

std::string_view ToString(RedisFailure failure);

// An error that the server answers is an answer.
using RedisResult = std::variant<RedisReply, RedisFailure>;

struct RedisLimits {
  // A server that has not answered a command for so long is taken for gone.
  Duration call_timeout = std::chrono::milliseconds(250);
  size_t max_reply_bytes = 1024 * 1024;
  size_t max_command_bytes = 1024 * 1024;
  // Commands under way, and what of them has not been given to the kernel.
  size_t max_calls = 4096;
  size_t max_unsent_bytes = 16 * 1024 * 1024;
};

// One connection to a Redis server. Commands go out as they come, many before the first answer,
// and are answered in that order. Loop thread only.
//
// A command that is not answered within `call_timeout` ends the connection, and with it all
// commands under way. They wait for the same server, which answers in order; and of a peer that is
// gone without a word nothing else is ever heard. What it may still say dies with the connection,
// so no answer can be taken for another's. A command whose caller leaves earlier ends nothing: its
// answer, when it comes, is dropped in its place.
class RedisLink final : private Timer, public std::enable_shared_from_this<RedisLink> {
 public:
  RedisLink(EventLoop& loop, std::unique_ptr<Connection> connection, const RedisLimits& limits);
  RedisLink(const RedisLink&) = delete;
  RedisLink& operator=(const RedisLink&) = delete;
  ~RedisLink() override;

  // Receives until the connection ends. Needed once, for anything to be answered.
  Task<void> Serve();

  // `command`: see FormatRedisCommand. Waits until `deadline` at most.
  Task<RedisResult> Call(std::string command, TimePoint deadline);

  // Ends the connection; whoever waits for an answer has this one.
  void End(RedisFailure why);

  // Notified when the connection has ended.
  WaitPoint& ended() { return ended_; }
  // Why it ended; nullopt while it has not.
  std::optional<RedisFailure> end() const { return end_; }

 private:
  struct Pending;
  struct Slot {
    Pending* pending;  // null: nobody waits for it any more
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
  // What is being offered to the kernel stays where it is until it is taken: TLS asks for that.
  std::string sending_;
  size_t sent_ = 0;
  std::string queued_;
  std::optional<RedisFailure> end_;
  WaitPoint ended_;
};

}  // namespace modelgates::gateway
