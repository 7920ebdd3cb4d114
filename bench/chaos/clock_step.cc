#include <fmt/format.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>

#include "scenarios.h"

namespace modelgates::bench {
namespace {

using sandbox::FaultAction;

// Shifts the wall clock of the gateway process only.
class WallClock {
 public:
  WallClock() {
    std::string path = std::filesystem::temp_directory_path() / "oauth-clock.XXXXXX";
    const int fd = mkstemp(path.data());
    if (fd < 0) throw std::runtime_error("no temporary file");
    path_ = path;
    // Written, so that the mapped page exists.
    if (pwrite(fd, &kNoOffset, sizeof(kNoOffset), 0) != sizeof(kNoOffset)) {
      throw std::runtime_error("cannot write " + path_);
    }
    void* const page = mmap(nullptr, sizeof(int64_t), PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (page == MAP_FAILED) throw std::runtime_error("cannot map " + path_);
    offset_ = static_cast<volatile int64_t*>(page);
  }
  ~WallClock() { std::filesystem::remove(path_); }

  std::vector<std::string> Environment() const {
    return {"LD_PRELOAD=" WALL_CLOCK_SHIM, "WALL_CLOCK_OFFSET_FILE=" + path_};
  }
  void Set(std::chrono::seconds offset) const { *offset_ = offset.count(); }
  std::vector<Happening> Steps() const {
    return {{Seconds(4), [this] { Set(std::chrono::hours(1)); }},
            {Seconds(8), [this] { Set(std::chrono::hours(-1)); }}};
  }

 private:
  static constexpr int64_t kNoOffset = 0;

  std::string path_;
  volatile int64_t* offset_ = nullptr;
};

// Checks the hours in the gateway's log: without the steps the result would be meaningless.
void ExpectSteps(gateway::GatewayProcess& gateway) {
  std::set<std::string> hours;
  for (const nlohmann::json& line : gateway.Lines("call")) {
    hours.insert(line.value("timestamp", "").substr(0, std::string_view("2026-11-23T16").size()));
  }
  if (hours.size() < 3) throw std::runtime_error("the gateway's wall clock was not stepped");
}

}  // namespace

std::vector<Promise> ClockStep() {
  constexpr Seconds kEnd{12};
  const WallClock clock;
  std::vector<Promise> promises;
  {
    Stage stage({"--nobreaker"}, {}, clock.Environment());
    stage.faults().Add(Always(FaultAction::kHang));
    const std::vector<Ended> calls = stage.Offer({.calls_per_second = 100,
                                                  .duration = kEnd,
                                                  .shortest_deadline = Seconds(0.3),
                                                  .longest_deadline = Seconds(2)},
                                                 clock.Steps());
    ExpectSteps(stage.gateway());
    // Calls must not end before their deadline.
    const double right = ShareOf(calls, [](const Ended& call) {
      return call.reason == "DEADLINE_EXCEEDED" && call.took < call.deadline &&
             call.took > 0.7 * call.deadline;
    });
    promises.push_back({"wall clock stepped by +1 h and -1 h: timeouts at their time",
                        fmt::format("{} of {}", Percent(right), calls.size()), "at least 99.9%",
                        right >= 0.999});
  }
  clock.Set({});
  {
    Stage stage({}, {}, clock.Environment());
    stage.faults().Add(Always(FaultAction::kStatus, 10));
    const std::vector<Ended> calls =
        stage.Offer({.calls_per_second = 200, .duration = kEnd}, clock.Steps());
    const double succeeded = ShareOf(calls, [](const Ended& call) { return call.ok(); });
    const double requests =
        stage.Requests(Seconds(-1), Seconds(1e9)) / static_cast<double>(calls.size());
    promises.push_back({"the same, in a brown-out: calls that succeed", Percent(succeeded),
                        "at least 99%", succeeded >= 0.99});
    promises.push_back({"the same: upstream requests per call", fmt::format("{:.3f}", requests),
                        "at most 1.15", requests <= 1.15});
  }
  clock.Set({});
  {
    Stage stage({}, {}, clock.Environment());
    stage.faults().Add(Always(FaultAction::kStatus));
    stage.Offer({.calls_per_second = 200, .duration = kEnd}, clock.Steps());
    const double requests = stage.MostRequests(Seconds(2), kEnd, Seconds(1));
    promises.push_back({"the same, in an outage, breaker on: upstream requests in any second",
                        fmt::format("{:.0f}", requests), "at most 2",
                        requests > 0 && requests <= 2});
  }
  return promises;
}

}  // namespace modelgates::bench
