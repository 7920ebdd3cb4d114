#include "store_set.h"

#include <stdexcept>
#include <thread>

#include "support/subprocess.h"

namespace modelgates::bench {
namespace {

constexpr size_t kReplicas = 2;
constexpr size_t kSentinels = 3;
// A server that was lost is replaced, one that a busy machine holds up is not.
constexpr gateway::SentinelPolicy kPolicy{.quorum = 2,
                                          .down_after = std::chrono::milliseconds(1'500),
                                          .failover_timeout = std::chrono::milliseconds(2'000)};

// A replica that becomes a master may have replicas, too.
std::vector<std::string> ReplicaOf(int port) {
  return {"--repl-diskless-sync-delay", "0", "--replicaof", "127.0.0.1", std::to_string(port)};
}

}  // namespace

std::unique_ptr<gateway::RedisProcess> MakeMaster() {
  return std::make_unique<gateway::RedisProcess>(
      std::vector<std::string>{"--repl-diskless-sync-delay", "0"});
}

StoreSet::StoreSet(std::unique_ptr<gateway::RedisProcess> master, int master_port) {
  const int port = master_port == 0 ? master->port() : master_port;
  servers_.push_back(std::move(master));
  for (size_t i = 0; i < kReplicas; ++i) {
    servers_.push_back(std::make_unique<gateway::RedisProcess>(ReplicaOf(port)));
  }
  for (size_t i = 0; i < kSentinels; ++i) {
    sentinels_.push_back(std::make_unique<gateway::SentinelProcess>(port, nullptr, kPolicy));
  }
  for (const auto& sentinel : sentinels_) {
    bool is_ready = sentinel->WaitForSentinels(kSentinels - 1);
    for (size_t i = 1; i <= kReplicas; ++i) {
      is_ready = is_ready && sentinel->WaitForReplica(servers_[i]->port());
    }
    if (!is_ready) throw std::runtime_error("the sentinels do not find one another");
  }
  CountPromotions();
}

std::string StoreSet::url() const {
  std::string hosts;
  for (const auto& sentinel : sentinels_) hosts += (hosts.empty() ? "" : ",") + sentinel->address();
  return "redis+sentinel://" + hosts + "/mymaster";
}

size_t StoreSet::Master() const {
  gateway::Subprocess cli({gateway::FindTool("redis-cli"), "-p",
                           std::to_string(sentinels_[0]->port()), "SENTINEL",
                           "get-master-addr-by-name", "mymaster"});
  cli.WaitForExit();
  for (size_t i = 0; i < servers_.size(); ++i) {
    if (cli.out().find("\n" + std::to_string(servers_[i]->port()) + "\n") != std::string::npos) {
      return i;
    }
  }
  throw std::runtime_error("the sentinels know no master: " + cli.out());
}

void StoreSet::CountPromotions() {
  promotions_.clear();
  for (const auto& server : servers_) promotions_.push_back(server->promotions());
}

StoreSet::Failover StoreSet::KillMaster() {
  killed_ = Master();
  CountPromotions();
  Failover failover{.killed = Clock::now(), .promoted = {}};
  servers_[killed_]->Kill();
  failover.promoted = AwaitPromotion();
  return failover;
}

StoreSet::Clock::time_point StoreSet::AwaitPromotion() {
  const auto end = Clock::now() + std::chrono::seconds(60);
  while (Clock::now() < end) {
    for (size_t i = 0; i < servers_.size(); ++i) {
      if (servers_[i]->promotions() <= promotions_[i]) continue;
      promoted_ = i;
      return Clock::now();
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  throw std::runtime_error("no replica is promoted: " + sentinels_[0]->out());
}

void StoreSet::Restore() { servers_[killed_]->StartAgain(ReplicaOf(servers_[promoted_]->port())); }

}  // namespace modelgates::bench
