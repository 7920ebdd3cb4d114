#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/epoll_loop.h"
#include "base/log.h"
#include "base/task.h"
#include "redis/redis_link.h"
#include "redis/redis_options.h"
#include "redis/redis_script.h"
#include "redis/redis_url.h"

namespace modelgates::gateway {

// For metrics. All but the first count since the start.
struct RedisStats {
  bool connected = false;
  uint64_t moves = 0;         // times that another node than before was connected to
  Duration disconnected{};    // time without a connection
  uint64_t unreplicated = 0;  // results kUnreplicated
};

// Who must know the effects of a script before it has a result.
enum class RedisAcks : uint8_t {
  kServer,
  kReplicas,     // also RedisOptions::replicas; else the result is kUnreplicated
  kTryReplicas,  // the same, but after a wait for them the result counts without them
};

// A client of one Redis-compatible server (RESP2), or of the master that sentinels name. All
// commands share one connection, because the server executes them one after the other anyway. Loop
// thread only, except the constructor.
//
// It connects before the first command. While the server is down a command fails at once; the
// client tries to connect again every probe_interval, independent of commands. Changes of state are
// logged once each: events redis_down and redis_up.
//
// Within RedisOptions::failover_wait of the loss of the server, or of its replicas, commands wait.
//
// With sentinels the connection is moved when its server is no longer the master: when a command is
// refused as READONLY, and when a check, every `heartbeat`, finds another role or another master.
// Event redis_master.
class RedisClient {
 public:
  // `loop` and `log` must outlive it. The loop must turn once more after it was closed or
  // destroyed.
  RedisClient(EpollLoop& loop, RedisUrl url, RedisOptions options, Log& log);
  RedisClient(const RedisClient&) = delete;
  RedisClient& operator=(const RedisClient&) = delete;
  ~RedisClient();

  // Ends running commands with kLost, and later ones with kDown.
  void Close();

  RedisStats stats() const;

  // Sends one command and waits for its answer, for at most RedisLimits::call_timeout after there
  // is a connection, and until `deadline`.
  Task<RedisResult> Call(std::span<const std::string_view> args, TimePoint deadline);

  // Changes the arguments of a script that is sent once more.
  using Again = std::function<void(std::vector<std::string>& args)>;

  // Runs a script by its name, or by its text when the server does not know the name. When its
  // answer is lost and there may be a failover, it is sent once more, unless `again` is null.
  Task<RedisResult> Run(const RedisScript& script, std::vector<std::string> keys,
                        std::vector<std::string> args, TimePoint deadline,
                        RedisAcks acks = RedisAcks::kServer, Again again = nullptr);

 private:
  class Supervisor;
  std::shared_ptr<Supervisor> supervisor_;
};

}  // namespace modelgates::gateway
