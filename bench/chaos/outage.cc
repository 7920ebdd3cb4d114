#include <fmt/format.h>

#include <algorithm>

#include "scenarios.h"

namespace modelgates::bench {
namespace {

using sandbox::FaultAction;

bool IsRefusal(const Ended& call) { return call.reason == "UPSTREAM_CIRCUIT_OPEN"; }

double CallsWithin(const std::vector<Ended>& calls, Seconds from, Seconds to) {
  return static_cast<double>(std::count_if(calls.begin(), calls.end(), [&](const Ended& call) {
    return call.sent >= from && call.sent < to;
  }));
}

std::vector<Promise> OutageAndRecoveryOf(FaultAction action, const char* name) {
  constexpr double kRate = 200;
  constexpr Seconds kSettled{5};
  constexpr Seconds kBack{12};
  constexpr Seconds kRecovered = kBack + Seconds(3);
  constexpr Seconds kEnd{20};

  Stage stage({});
  stage.faults().Add(Always(action));
  const std::vector<Ended> calls = stage.Offer({.calls_per_second = kRate,
                                                .duration = kEnd,
                                                .shortest_deadline = Seconds(2),
                                                .longest_deadline = Seconds(2)},
                                               {{kBack, [&] { stage.faults().Clear(); }}});

  const double requests = stage.MostRequests(kSettled, kBack, Seconds(1));
  const double refusal = Percentile(MillisecondsOf(calls, IsRefusal), 0.99);
  Seconds first_success = kEnd;
  for (const Ended& call : calls) {
    if (call.ok()) first_success = std::min(first_success, call.sent + call.took);
  }
  const double recovered =
      ShareOf(calls, [&](const Ended& call) { return call.sent >= kRecovered && call.ok(); }) /
      ShareOf(calls, [&](const Ended& call) { return call.sent >= kRecovered; });
  const double first_second = stage.Requests(first_success, first_success + Seconds(1));

  return {
      {fmt::format("outage ({}), breaker on, after 5 s: upstream requests in any second", name),
       fmt::format("{:.0f}", requests), "at most 2", requests <= 2},
      {"the same: p99 of refusals", fmt::format("{:.1f} ms", refusal), "under 10 ms",
       refusal > 0 && refusal < 10},
      {fmt::format("recovery ({}): first success after the upstream is back", name),
       fmt::format("{:.2f} s", (first_success - kBack).count()), "within 1.5 s",
       first_success - kBack <= Seconds(1.5)},
      {"the same: calls that succeed from 3 s on", Percent(recovered), "at least 99%",
       recovered >= 0.99},
      {"the same: upstream requests in the first second, of the offered rate",
       fmt::format("{:.2f}", first_second / kRate), "at most 1.5", first_second <= 1.5 * kRate}};
}

}  // namespace

std::vector<Promise> OutageWithoutBreaker() {
  constexpr Seconds kWindow{10};
  constexpr Seconds kEnd{25};
  std::vector<Promise> promises;
  for (const double rate : {50.0, 200.0}) {
    Stage stage({"--nobreaker"});
    stage.faults().Add(Always(FaultAction::kStatus));
    const std::vector<Ended> calls = stage.Offer({.calls_per_second = rate, .duration = kEnd});
    double most = 0;
    for (Seconds from{0}; from + kWindow <= kEnd; from += Seconds(0.5)) {
      most = std::max(
          most, stage.Requests(from, from + kWindow) / CallsWithin(calls, from, from + kWindow));
    }
    promises.push_back(
        {fmt::format("outage (503), breaker off, {:.0f} calls/s: upstream requests per call in "
                     "any 10 s",
                     rate),
         fmt::format("{:.3f}", most), "at most 1.20", most > 0 && most <= 1.20});
  }
  return promises;
}

std::vector<Promise> OutageAndRecovery() {
  std::vector<Promise> promises;
  for (const auto& [action, name] :
       {std::pair(FaultAction::kStatus, "503"), std::pair(FaultAction::kReset, "connections reset"),
        std::pair(FaultAction::kHang, "no answer")}) {
    for (Promise& promise : OutageAndRecoveryOf(action, name)) {
      promises.push_back(std::move(promise));
    }
  }
  return promises;
}

}  // namespace modelgates::bench
