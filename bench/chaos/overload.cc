#include <fmt/format.h>

#include "scenarios.h"

namespace modelgates::bench {

std::vector<Promise> Overload() {
  // Calls per second that can be admitted: 50 concurrent ones of 100 ms each.
  constexpr double kCapacity = 500;
  constexpr Seconds kDuration{8};
  Stage stage({"--max_concurrent_calls=50"}, std::chrono::milliseconds(100));
  const auto ok = [](const Ended& call) { return call.ok(); };
  const auto refused = [](const Ended& call) { return call.reason == "GATEWAY_OVERLOADED"; };

  stage.Offer({.calls_per_second = kCapacity / 2, .duration = Seconds(1)});
  const double at_80 = Percentile(
      MillisecondsOf(stage.Offer({.calls_per_second = 0.8 * kCapacity, .duration = kDuration}), ok),
      0.99);
  const std::vector<Ended> calls =
      stage.Offer({.calls_per_second = 2 * kCapacity, .duration = kDuration});
  const double overloaded = Percentile(MillisecondsOf(calls, ok), 0.99);
  const double refusal = Percentile(MillisecondsOf(calls, refused), 0.99);
  const double typed =
      ShareOf(calls, [&](const Ended& call) { return call.ok() || refused(call); });
  return {{"overload, twice the admitted concurrency: p99 of admitted calls, of that at 80% load",
           fmt::format("{:.2f}", overloaded / at_80), "at most 2.5", overloaded <= 2.5 * at_80},
          {"the same: calls that succeed or are refused as GATEWAY_OVERLOADED", Percent(typed),
           "100%", typed == 1},
          {"the same: p99 of refusals", fmt::format("{:.1f} ms", refusal), "under 20 ms",
           refusal > 0 && refusal < 20}};
}

}  // namespace modelgates::bench
