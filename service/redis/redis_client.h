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
  // PEM file with the certificates to trust. Empty: the system's.
  std::string ca_file;
  // As TransportOptions: the setting that names it, and who is told when it changes.
  std::string_view ca_setting;
  ReloadObserver* reloads = nullptr;
  // Names, TCP, TLS, login and database together.
  std::chrono::milliseconds connect_timeout{1'000};
  // While the server is down it is tried again this often.
  std::chrono::milliseconds probe_interval{1'000};
  // A connection that works is asked for a sign of life this often: what lies between may forget it
  // without a word, which no command should have to find out.
  std::chrono::milliseconds heartbeat{15'000};
  RedisLimits limits;
};

// A client of one Redis-compatible server, version 2 of its protocol. Keeps one connection, which
// all commands share: a server executes one after the other anyway. Loop thread only, but for the
// constructor.
//
// It connects before it is asked to. While the server is known to be down a command fails at once;
// whether it is back is found out beside the commands, once every probe_interval. That it is down,
// that it refuses us, and that it is back, is logged once each: events redis_down and redis_up.
class RedisClient {
 public:
  // `loop` and `log` must outlive it; the loop must turn once more after it was closed or has gone.
  RedisClient(EpollLoop& loop, RedisUrl url, RedisOptions options, Log& log);
  RedisClient(const RedisClient&) = delete;
  RedisClient& operator=(const RedisClient&) = delete;
  ~RedisClient();

  // Ends commands under way with kLost, and those that come with kDown.
  void Close();

  // Sends one command and waits for its answer, RedisLimits::call_timeout at most, and until
  // `deadline` at most.
  Task<RedisResult> Call(std::span<const std::string_view> args, TimePoint deadline);

  // Runs a script by its name, or by its text when the server does not know the name.
  Task<RedisResult> Run(const RedisScript& script, std::vector<std::string> keys,
                        std::vector<std::string> args, TimePoint deadline);

 private:
  class Keeper;
  std::shared_ptr<Keeper> keeper_;
};

}  // namespace modelgates::gateway
