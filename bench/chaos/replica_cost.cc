#include <fmt/format.h>
#include <time.h>

#include <deque>
#include <stdexcept>

#include "open_loop.h"
#include "repeated_exchanges.h"
#include "scenarios.h"
#include "store_set.h"

namespace modelgates::bench {
namespace {

using Clock = EndedExchange::Clock;

// CPU time that a process has used.
double CpuSeconds(pid_t pid) {
  clockid_t clock{};
  timespec time{};
  if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &time) != 0) {
    throw std::runtime_error("no CPU clock of the gateway");
  }
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

// Exchanges of new codes at one gateway, `at_once` of them at the same time. Returns the time of
// each in milliseconds.
std::vector<double> Exchange(gateway::GatewayClient& client, size_t count, size_t at_once,
                             size_t& codes) {
  struct Running {
    Clock::time_point began;
    std::unique_ptr<gateway::GatewayClient::PendingExchange> pending;
  };
  std::deque<Running> running;
  std::vector<double> took;
  const auto take = [&] {
    const bool ok = running.front().pending->Wait().ok();
    if (!ok) throw std::runtime_error("an exchange fails");
    took.push_back(Seconds(Clock::now() - running.front().began).count() * 1e3);
    running.pop_front();
  };
  for (size_t i = 0; i < count; ++i) {
    if (running.size() == at_once) take();
    const std::string code = fmt::format("code-{}", ++codes);
    running.push_back({Clock::now(), StartExchange(client, code)});
  }
  while (!running.empty()) take();
  return took;
}

}  // namespace

std::vector<Promise> ReplicaCost() {
  constexpr int kRounds = 15;
  constexpr size_t kAlone = 100;
  constexpr size_t kTogether = 800;
  constexpr size_t kAtOnce = 16;
  SingleUseUpstream upstream(std::chrono::milliseconds(0), std::chrono::milliseconds(0));
  StoreSet store(MakeMaster());
  SharingGateways with(upstream, {store.url()}, {"--exchange_store_replicas=1"});
  SharingGateways without(upstream, {store.url()}, {"--exchange_store_replicas=0"});
  size_t codes = 0;
  std::vector<double> alone[2];
  std::vector<double> cpu[2];
  // In turn, so that what else the machine does meets both.
  for (int round = 0; round <= kRounds; ++round) {
    for (size_t i = 0; i < 2; ++i) {
      SharingGateways& gateways = i == 0 ? without : with;
      const std::vector<double> took = Exchange(gateways.client(0), kAlone, 1, codes);
      const double before = CpuSeconds(gateways.gateway(0).pid());
      Exchange(gateways.client(0), kTogether, kAtOnce, codes);
      const double used = CpuSeconds(gateways.gateway(0).pid()) - before;
      if (round == 0) continue;  // scripts, connections and caches
      alone[i].insert(alone[i].end(), took.begin(), took.end());
      cpu[i].push_back(used / kTogether * 1e6);
    }
  }
  const double added = Percentile(alone[1], 0.5) - Percentile(alone[0], 0.5);
  const double microseconds[] = {Percentile(cpu[0], 0.5), Percentile(cpu[1], 0.5)};
  const double ratio = microseconds[1] / microseconds[0];
  const size_t degraded = with.Degraded() + without.Degraded();
  return {{"--exchange_store_replicas=1 on loopback: p50 of an exchange, above that with 0",
           fmt::format("{:.2f} ms (of {:.2f} ms)", added, Percentile(alone[0], 0.5)),
           "at most 1.0 ms", added <= 1.0 && degraded == 0},
          {fmt::format("the same: the gateway's CPU time per exchange, {} at once, of that with 0",
                       kAtOnce),
           fmt::format("{:.2f} ({:.0f} of {:.0f} µs)", ratio, microseconds[1], microseconds[0]),
           "at most 1.10", ratio <= 1.10}};
}

}  // namespace modelgates::bench
