#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <future>
#include <mutex>
#include <set>
#include <stop_token>

#include "repeated_exchanges.h"
#include "scenarios.h"
#include "store_set.h"

namespace modelgates::bench {
namespace {

using Clock = EndedExchange::Clock;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr size_t kGateways = 3;

double ToSeconds(Clock::duration duration) { return Seconds(duration).count(); }

// Kills the master every 5 s, and starts it again as a replica, until stopped.
std::vector<StoreSet::Failover> KillMasters(StoreSet& store, const std::stop_token& stop) {
  constexpr seconds kEvery{5};
  constexpr seconds kBackAfter{1};  // of the promotion
  std::vector<StoreSet::Failover> failovers;
  std::mutex mutex;
  std::condition_variable_any never;
  const auto wait_until = [&](Clock::time_point time) {
    std::unique_lock lock(mutex);
    never.wait_until(lock, stop, time, [] { return false; });
    return !stop.stop_requested();
  };
  for (auto due = Clock::now() + kEvery; wait_until(due); due += kEvery) {
    failovers.push_back(store.KillMaster());
    wait_until(failovers.back().promoted + kBackAfter);
    store.Restore();
    due = std::max(due, Clock::now() + kBackAfter - kEvery);
  }
  return failovers;
}

struct Run {
  explicit Run(const std::vector<std::string>& flags, const RepeatedLoad& load);

  // Failed calls of codes that had reached the upstream, and so have a key.
  size_t Undelivered() const;
  // Time from the promotion to the first exchange that began after the kill and succeeded; the
  // longest.
  double SlowestReturn() const;
  double SlowestPromotion() const;
  // Codes with a failed call, and those sent twice.
  std::set<std::string> Harmed() const;
  // Whether its code was sent in the second before a kill.
  bool WasAtRisk(const std::string& code) const;

  SingleUseUpstream upstream{milliseconds(20), milliseconds(220)};
  std::vector<StoreSet::Failover> failovers;
  std::vector<EndedExchange> calls;
  size_t failed = 0;
  size_t degraded = 0;
};

Run::Run(const std::vector<std::string>& flags, const RepeatedLoad& load) {
  StoreSet store(MakeMaster());
  SharingGateways gateways(upstream, std::vector<std::string>(kGateways, store.url()), flags);
  for (size_t i = 0; i < kGateways; ++i) gateways.gateway(i).WaitForEvent("redis_master");
  std::stop_source stop;
  auto killed =
      std::async(std::launch::async, [&] { return KillMasters(store, stop.get_token()); });
  calls = RunRepeated(gateways, load);
  stop.request_stop();
  failovers = killed.get();
  failed = CountFailures(calls);
  degraded = gateways.Degraded();
}

size_t Run::Undelivered() const {
  return static_cast<size_t>(
      std::count_if(calls.begin(), calls.end(), [this](const EndedExchange& call) {
        return !call.failure.empty() && upstream.Knows(call.code);
      }));
}

double Run::SlowestReturn() const {
  double slowest = 0;
  for (const StoreSet::Failover& failover : failovers) {
    auto first = Clock::time_point::max();
    for (const EndedExchange& call : calls) {
      if (call.began >= failover.killed && call.failure.empty()) {
        first = std::min(first, call.ended);
      }
    }
    if (first == Clock::time_point::max()) continue;  // the load had ended
    slowest = std::max(slowest, ToSeconds(first - failover.promoted));
  }
  return slowest;
}

double Run::SlowestPromotion() const {
  double slowest = 0;
  for (const StoreSet::Failover& failover : failovers) {
    slowest = std::max(slowest, ToSeconds(failover.promoted - failover.killed));
  }
  return slowest;
}

std::set<std::string> Run::Harmed() const {
  const std::vector<std::string> twice = upstream.Twice();
  std::set<std::string> harmed(twice.begin(), twice.end());
  for (const EndedExchange& call : calls) {
    if (!call.failure.empty()) harmed.insert(call.code);
  }
  return harmed;
}

bool Run::WasAtRisk(const std::string& code) const {
  if (!upstream.Knows(code)) return false;
  const auto sent = upstream.FirstOf(code);
  return std::any_of(failovers.begin(), failovers.end(), [&](const StoreSet::Failover& failover) {
    return sent <= failover.killed && failover.killed - sent <= seconds(1);
  });
}

std::vector<Promise> WithReplicas() {
  constexpr size_t kExchanges = 10'000;
  const Run run({}, {.exchanges = kExchanges, .per_second = 150});
  const size_t twice = run.upstream.Twice().size();
  const size_t at_once = run.upstream.AtOnce();
  const size_t undelivered = run.Undelivered();
  const double slowest = run.SlowestReturn();
  return {
      {fmt::format("the store's master killed every 5 s, {} times; {} exchanges at {} gateways, "
                   "each repeated at another within 8 s: codes sent twice",
                   run.failovers.size(), kExchanges, kGateways),
       fmt::format("{}", twice), "0", twice == 0 && run.failovers.size() >= 10},
      {"the same: codes in two requests at once", fmt::format("{}", at_once), "0", at_once == 0},
      {"the same: calls that do not get the key that a gateway has",
       fmt::format("{} of {}", undelivered, run.calls.size()), "0", undelivered == 0},
      {"the same: calls that fail", fmt::format("{}", run.failed), "0", run.failed == 0},
      {"the same: exchanges that ran without the store", fmt::format("{}", run.degraded), "0",
       run.degraded == 0},
      {"the same: first shared exchange after the promotion of a replica",
       fmt::format("{:.2f} s (promotion: {:.2f} s after the kill)", slowest,
                   run.SlowestPromotion()),
       "within 2 s", slowest <= 2}};
}

std::vector<Promise> WithoutReplicas() {
  constexpr size_t kExchanges = 3'000;
  const Run run({"--exchange_store_replicas=0"}, {.exchanges = kExchanges, .per_second = 150});
  const std::set<std::string> harmed = run.Harmed();
  const auto unexplained = std::count_if(harmed.begin(), harmed.end(),
                                         [&](const auto& code) { return !run.WasAtRisk(code); });
  return {{fmt::format("the same with --exchange_store_replicas=0, {} kills, {} exchanges: codes "
                       "sent twice, keys not delivered",
                       run.failovers.size(), kExchanges),
           fmt::format("{}, {}", run.upstream.Twice().size(), run.Undelivered()),
           "only codes sent within 1 s before a kill",
           unexplained == 0 && run.failovers.size() >= 3}};
}

}  // namespace

std::vector<Promise> Failover() {
  std::vector<Promise> promises = WithReplicas();
  for (Promise& promise : WithoutReplicas()) promises.push_back(std::move(promise));
  return promises;
}

}  // namespace modelgates::bench
