// Runs the gateway between callers and a failing upstream, and prints whether its promises were
// kept. The upstream counts requests; the callers measure calls and times.
//
// usage: chaos [SCENARIO ...]
// Exit status 1: a promise was broken.
#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <string_view>

#include "scenarios.h"

namespace modelgates::bench {
namespace {

struct Scenario {
  std::string_view name;
  std::vector<Promise> (*run)();
};

// The last one reports the memory of all others.
constexpr Scenario kScenarios[] = {
    {"outage", OutageWithoutBreaker},
    {"recovery", OutageAndRecovery},
    {"brown-out", BrownOut},
    {"overload", Overload},
    {"deadlines", Deadlines},
    {"silence", Silence},
    {"clock-step", ClockStep},
    {"rotation", Rotation},
    {"fairness", Fairness},
    {"hostile", Hostile},
    {"ended-connections", EndedConnections},
    {"failover", Failover},
    {"partition", Partition},
    {"replica-cost", ReplicaCost},
    {"faults", Faults},
};

bool IsKnown(std::string_view name) {
  return std::any_of(std::begin(kScenarios), std::end(kScenarios),
                     [&](const Scenario& scenario) { return scenario.name == name; });
}

// This process has the other end of every connection of the gateway.
void AllowManyConnections() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

// False: a promise was broken.
bool RunAll(const std::vector<std::string_view>& only) {
  bool kept = true;
  PrintPromiseHead();
  for (const Scenario& scenario : kScenarios) {
    if (!only.empty() && std::find(only.begin(), only.end(), scenario.name) == only.end()) continue;
    std::fprintf(stderr, "chaos: %s\n", std::string(scenario.name).c_str());
    kept = PrintPromises(scenario.run()) && kept;
  }
  return kept;
}

}  // namespace
}  // namespace modelgates::bench

int main(int argc, char** argv) {
  const std::vector<std::string_view> only(argv + 1, argv + argc);
  for (const std::string_view name : only) {
    if (!modelgates::bench::IsKnown(name)) {
      std::fputs("usage: chaos [SCENARIO ...]\nscenarios:", stderr);
      for (const auto& scenario : modelgates::bench::kScenarios) {
        std::fprintf(stderr, " %s", std::string(scenario.name).c_str());
      }
      std::fputs("\n", stderr);
      return 2;
    }
  }
  modelgates::bench::AllowManyConnections();
  try {
    return modelgates::bench::RunAll(only) ? 0 : 1;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "chaos: %s\n", error.what());
    return 2;
  }
}
