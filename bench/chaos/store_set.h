#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "support/redis_process.h"
#include "support/sentinel_process.h"

namespace modelgates::bench {

// A master with two replicas, and three sentinels of which two must agree: real processes on
// 127.0.0.1.
class StoreSet {
 public:
  using Clock = std::chrono::steady_clock;

  // Replicas and sentinels reach the master at this port; 0: at its own.
  explicit StoreSet(std::unique_ptr<gateway::RedisProcess> master, int master_port = 0);

  // "redis+sentinel://..."
  std::string url() const;

  struct Failover {
    Clock::time_point killed;
    Clock::time_point promoted;  // by the server's own log
  };
  // Kills the master. Returns when a replica has been promoted; throws if none is.
  Failover KillMaster();
  // Starts the server that was killed, as a replica of the master.
  void Restore();
  // Until a replica has been promoted, since the start or the last kill.
  Clock::time_point AwaitPromotion();

 private:
  // Of servers_, by the first sentinel's word.
  size_t Master() const;
  void CountPromotions();

  std::vector<std::unique_ptr<gateway::RedisProcess>> servers_;
  std::vector<size_t> promotions_;  // of each, at the start or the last kill
  size_t killed_ = 0;               // of servers_
  size_t promoted_ = 0;             // likewise
  std::vector<std::unique_ptr<gateway::SentinelProcess>> sentinels_;
};

// A server that sends what it knows to new replicas at once.
std::unique_ptr<gateway::RedisProcess> MakeMaster();

}  // namespace modelgates::bench
