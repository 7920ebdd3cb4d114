#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <future>
#include <stdexcept>
#include <thread>

#include "integration/rotated_gateway.h"
#include "scenarios.h"

namespace modelgates::bench {

std::vector<Promise> Rotation() {
  constexpr std::chrono::seconds kBetween{2};
  constexpr int kSteps = 60;
  constexpr double kCallsPerSecond = 500;
  gateway::RotatedGateway rotated;
  if (!rotated.WaitUntilListening()) {
    throw std::runtime_error("the gateway does not start: " + rotated.gateway().err());
  }
  std::stop_source stop;
  auto offered = std::async(std::launch::async,
                            [&] { return rotated.Offer(kCallsPerSecond, stop.get_token()); });
  auto due = std::chrono::steady_clock::now();
  for (int step = 1; step <= kSteps; ++step) {
    std::this_thread::sleep_until(due += kBetween);
    if (step % 3 == 0) {
      rotated.BreakAll();
    } else {
      rotated.ReplaceAll();
    }
  }
  std::this_thread::sleep_until(due += kBetween);
  // The last files are broken; each is refused within two looks.
  std::this_thread::sleep_until(due += kBetween);
  // The three TLS files are used when two checks have found the same ones, so every now and then
  // one set is gone before the second check.
  double used_tls = 0;
  double least_used = rotated.good();
  double least_refused = rotated.broken();
  for (const std::string& setting : gateway::RotatedGateway::Settings()) {
    const double used = rotated.Reloads(setting, "ok");
    if (setting == "tls_cert_file") {
      used_tls = used;
    } else {
      least_used = std::min(least_used, used);
    }
    least_refused = std::min(least_refused, rotated.Reloads(setting, "failed"));
  }
  stop.request_stop();
  const gateway::RotatedGateway::Calls calls = offered.get();

  size_t failed = 0;
  for (const auto& [what, count] : calls.failed) {
    failed += count;
    std::fprintf(stderr, "chaos: %zu calls: %s\n", count, what.c_str());
  }
  for (const char* event : {"tls_handshake_failed", "connection_refused"}) {
    for (const nlohmann::json& line : rotated.gateway().Lines(event)) {
      std::fprintf(stderr, "chaos: %s\n", line.dump().c_str());
    }
  }
  const size_t twice =
      rotated.exchanges_sent() - std::min(rotated.exchanges_sent(), calls.exchanges);
  return {
      {"rotation of certificate, CA, keys, pepper and rules every 2 s for two minutes, each third "
       "time by broken files, 500 calls/s of two callers: calls that fail",
       fmt::format("{} of {}", failed, calls.made), "0", failed == 0},
      {"the same: codes sent twice, with every tenth exchange repeated after 1 s",
       fmt::format("{} of {}", twice, calls.exchanges), "0", twice == 0},
      {"the same: requests with another caller's key", fmt::format("{}", rotated.wrong_keys()), "0",
       rotated.wrong_keys() == 0},
      {"the same: good keys, peppers and rules that came into use, of each",
       fmt::format("{:.0f}", least_used), fmt::format("{}", rotated.good()),
       least_used >= rotated.good()},
      {"the same: good sets of TLS files that came into use", fmt::format("{:.0f}", used_tls),
       fmt::format("at least 30 of {}", rotated.good()), used_tls >= 0.75 * rotated.good()},
      {"the same: broken files refused and counted, of each setting",
       fmt::format("{:.0f}", least_refused), fmt::format("{}", rotated.broken()),
       least_refused >= rotated.broken()}};
}

}  // namespace modelgates::bench
