#include <fmt/format.h>

#include "scenarios.h"

namespace modelgates::bench {

std::vector<Promise> BrownOut() {
  constexpr Seconds kEnd{20};
  Stage stage({});
  stage.faults().Add(Always(sandbox::FaultAction::kStatus, 10));
  const std::vector<Ended> calls = stage.Offer({.calls_per_second = 200,
                                                .duration = kEnd,
                                                .shortest_deadline = Seconds(10),
                                                .longest_deadline = Seconds(10)});
  const double succeeded = ShareOf(calls, [](const Ended& call) { return call.ok(); });
  const double requests =
      stage.Requests(Seconds(-1), Seconds(1e9)) / static_cast<double>(calls.size());
  return {{"brown-out, 10% random 503: calls that succeed", Percent(succeeded), "at least 99%",
           succeeded >= 0.99},
          {"the same: upstream requests per call", fmt::format("{:.3f}", requests), "at most 1.15",
           requests > 1 && requests <= 1.15}};
}

}  // namespace modelgates::bench
