#include <fmt/format.h>

#include <algorithm>
#include <future>
#include <thread>

#include "repeated_exchanges.h"
#include "scenarios.h"
#include "store_set.h"
#include "support/fake_redis.h"
#include "support/holding_proxy.h"

namespace modelgates::bench {
namespace {

using Clock = EndedExchange::Clock;

// A sentinel that is cut off from the others: it goes on to name this master.
void NameMaster(gateway::FakeRedis::Session& session, int port) {
  const std::string text = std::to_string(port);
  const std::string answer =
      fmt::format("*2\r\n$9\r\n127.0.0.1\r\n${}\r\n{}\r\n", text.size(), text);
  while (!session.Read().empty()) session.Send(answer);
}

}  // namespace

std::vector<Promise> Partition() {
  constexpr std::chrono::seconds kCutAfter{4};
  constexpr size_t kCutOff = 0;  // the gateway on the master's side
  constexpr size_t kExchanges = 2'000;
  SingleUseUpstream upstream(std::chrono::milliseconds(20), std::chrono::milliseconds(220));
  auto master = MakeMaster();
  const int port = master->port();
  gateway::HoldingProxy network(port);
  StoreSet store(std::move(master), network.port());
  gateway::FakeRedis sentinel([&](auto& session) { NameMaster(session, port); });
  const std::string cut_off_url =
      fmt::format("redis+sentinel://127.0.0.1:{}/mymaster", sentinel.port());
  SharingGateways gateways(upstream, {cut_off_url, store.url(), store.url()},
                           {"--exchange_store_fail_closed"});
  for (size_t i = 0; i < gateways.count(); ++i) gateways.gateway(i).WaitForEvent("redis_master");

  auto offered = std::async(std::launch::async, [&] {
    return RunRepeated(gateways, {.exchanges = kExchanges, .per_second = 125});
  });
  std::this_thread::sleep_for(kCutAfter);
  const auto cut = Clock::now();
  network.Drop();
  const auto promoted = store.AwaitPromotion();
  const std::vector<EndedExchange> calls = offered.get();
  CountFailures(calls);

  const size_t twice = upstream.Twice().size();
  const size_t at_once = upstream.AtOnce();
  const auto count = [&](const auto& which) {
    return static_cast<size_t>(std::count_if(calls.begin(), calls.end(), which));
  };
  const size_t refused = count([&](const EndedExchange& call) {
    return call.gateway == kCutOff && call.began >= cut && !call.failure.empty();
  });
  const size_t after = count(
      [&](const EndedExchange& call) { return call.gateway != kCutOff && call.began >= promoted; });
  const size_t served = count([&](const EndedExchange& call) {
    return call.gateway != kCutOff && call.began >= promoted && call.failure.empty();
  });
  return {
      {fmt::format("one of three gateways, the master and a sentinel cut off from the others, "
                   "{} exchanges, each repeated at another, --exchange_store_fail_closed: "
                   "codes sent twice",
                   kExchanges),
       fmt::format("{}", twice), "0", twice == 0},
      {"the same: codes in two requests at once", fmt::format("{}", at_once), "0", at_once == 0},
      {"the same: calls that the gateway that is cut off refuses", fmt::format("{}", refused),
       "more than 100", refused > 100},
      {"the same: calls of the others that succeed after the promotion",
       fmt::format("{} of {}", served, after), "at least 95%: the other side has some codes",
       after > 0 && static_cast<double>(served) >= 0.95 * static_cast<double>(after)}};
}

}  // namespace modelgates::bench
