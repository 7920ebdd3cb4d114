#include <fmt/format.h>

#include "scenarios.h"

namespace modelgates::bench {

std::vector<Promise> Faults() {
  using sandbox::FaultAction;
  for (const FaultAction action :
       {FaultAction::kStatus, FaultAction::kReset, FaultAction::kClose, FaultAction::kTruncate,
        FaultAction::kOversize, FaultAction::kGarbage, FaultAction::kHang}) {
    // As many attempts as possible.
    Stage stage({"--nobreaker", "--noretry_budget", "--initial_interval=10ms"});
    stage.faults().Add(Always(action));
    stage.Offer({.calls_per_second = 300,
                 .duration = Seconds(4),
                 .shortest_deadline = Seconds(3),
                 .longest_deadline = Seconds(3),
                 .exchanges = 0.5});
  }
  {
    // As many calls wait as are admitted, and further ones arrive.
    Stage stage({"--nobreaker"});
    stage.faults().Add(Always(FaultAction::kHang));
    stage.Offer({.calls_per_second = 700,
                 .duration = Seconds(4),
                 .shortest_deadline = Seconds(3),
                 .longest_deadline = Seconds(3),
                 .exchanges = 0.5});
  }
  const double grown = MostGrownMegabytes();
  return {{"memory above idle, at most, under all of the above and every fault",
           fmt::format("{:.0f} MiB", grown), "at most 64 MiB", grown > 0 && grown <= 64}};
}

}  // namespace modelgates::bench
