#pragma once

#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/epoll_loop.h"
#include "base/log.h"
#include "base/task.h"
#include "redis/redis_link.h"
#include "redis/redis_script.h"
#include "redis/redis_url.h"

namespace modelgates::gateway {

class ReloadObserver;

struct RedisOptions {
  // PEM file with the trusted certificates. Empty: the system's.
  std::string ca_file;
  // As in TransportOptions: the name of the setting, and the observer of reloads.
  std::string_view ca_setting;
  ReloadObserver* reloads = nullptr;
  // Bound on lookup, TCP, TLS, login and selecting the database together.
  std::chrono::milliseconds connect_timeout{1'000};
  // Time between two attempts to connect while the server is down.
  std::chrono::milliseconds probe_interval{1'000};
  // Time between two PINGs on a working connection, so that a connection that the network dropped
  // is noticed before a command uses it.
  std::chrono::milliseconds heartbeat{15'000};
  RedisLimits limits;
};

// A client of one Redis-compatible server (RESP2). All commands share one connection, because the
// server executes them one after the other anyway. Loop thread only, except the constructor.
//
// It connects before the first command. While the server is down a command fails at once; the
// client tries to connect again every probe_interval, independent of commands. Changes of state are
// logged once each: events redis_down and redis_up.
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

  // Sends one command and waits for its answer, for at most RedisLimits::call_timeout and until
  // `deadline`.
  Task<RedisResult> Call(std::span<const std::string_view> args, TimePoint deadline);

  // Runs a script by its name, or by its text when the server does not know the name.
  Task<RedisResult> Run(const RedisScript& script, std::vector<std::string> keys,
                        std::vector<std::string> args, TimePoint deadline);

 private:
  class Supervisor;
  std::shared_ptr<Supervisor> supervisor_;
};

}  // namespace modelgates::gateway
