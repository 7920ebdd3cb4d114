#include <fmt/format.h>

#include "scenarios.h"

namespace modelgates::bench {

std::vector<Promise> Deadlines() {
  Stage stage({"--nobreaker"});
  stage.faults().Add(Always(sandbox::FaultAction::kHang));
  const std::vector<Ended> calls = stage.Offer({.calls_per_second = 200,
                                                .duration = Seconds(15),
                                                .shortest_deadline = Seconds(0.3),
                                                .longest_deadline = Seconds(3),
                                                .exchanges = 0.5});
  const double ours = ShareOf(calls, [](const Ended& call) {
    return (call.reason == "DEADLINE_EXCEEDED" || call.reason == "EXCHANGE_IN_PROGRESS") &&
           call.took < call.deadline;
  });
  return {{"timeouts answered by us, with details, before the caller's deadline",
           fmt::format("{} of {}", Percent(ours), calls.size()), "at least 99.9%", ours >= 0.999}};
}

}  // namespace modelgates::bench
