#include <fmt/format.h>

#include "scenarios.h"

namespace modelgates::bench {

std::vector<Promise> Silence() {
  // 150 concurrent callers that cancel after 0.3 s. Longer than --exchange_cap, so that exchanges
  // without a caller begin to end.
  constexpr Seconds kDuration{60};
  constexpr double kExchanges = 2000;  // --max_exchanges
  Stage stage({"--nobreaker"});
  stage.faults().Add(Always(sandbox::FaultAction::kHang));
  const std::vector<Ended> calls = stage.Offer({.calls_per_second = 500,
                                                .duration = kDuration,
                                                .shortest_deadline = Seconds(0.3),
                                                .longest_deadline = Seconds(0.3),
                                                .exchanges = 0.8});
  // Creates end with their callers, exchanges at their cap.
  constexpr double kCreates = 150;
  const double connections = stage.MostConnections();
  const double grown = stage.GrownMegabytes();
  const double typed = ShareOf(calls, [](const Ended& call) {
    return call.reason == "DEADLINE_EXCEEDED" || call.reason == "EXCHANGE_IN_PROGRESS" ||
           call.reason == "GATEWAY_OVERLOADED";
  });
  const double refused =
      ShareOf(calls, [](const Ended& call) { return call.reason == "GATEWAY_OVERLOADED"; });
  return {
      {"silence, 150 callers leave after 0.3 s each, 60 s: connections upstream, at most",
       fmt::format("{:.0f}", connections),
       fmt::format("at most {:.0f}: --max_exchanges and the creates that wait",
                   kExchanges + kCreates),
       connections > 0 && connections <= kExchanges + kCreates},
      {"the same: memory above idle, at most", fmt::format("{:.0f} MiB", grown), "at most 64 MiB",
       grown > 0 && grown <= 64},
      {"the same: calls that are told why, by us", Percent(typed), "at least 99%", typed >= 0.99},
      {"the same: exchanges refused, nothing sent, of all calls", Percent(refused),
       "more than half", refused > 0.5}};
}

}  // namespace modelgates::bench
