#include "stage.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <fstream>
#include <stdexcept>

#include "support/metric_value.h"

namespace modelgates::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kSampling{20};
// The page of metrics is requested less often, because it takes the gateway's time.
constexpr int kSamplesPerPage = 25;

double most_grown = 0;

sandbox::SandboxOptions Options(std::chrono::milliseconds latency) {
  sandbox::SandboxOptions options;
  options.latency = latency;
  return options;
}

std::string Started(sandbox::Sandbox& sandbox) {
  if (const absl::Status started = sandbox.Start(); !started.ok()) {
    throw std::runtime_error(std::string(started.message()));
  }
  return sandbox.base_url();
}

std::vector<std::string> With(std::vector<std::string> flags, const std::string& flag) {
  flags.push_back(flag);
  return flags;
}

std::string Listening(gateway::GatewayProcess& gateway) {
  if (!gateway.WaitUntilListening()) {
    throw std::runtime_error("the gateway does not start: " + gateway.err());
  }
  return gateway.grpc_address();
}

}  // namespace

Stage::Stage(std::vector<std::string> flags, std::chrono::milliseconds latency,
             std::vector<std::string> environment)
    : sandbox_(Options(latency)),
      gateway_(With(std::move(flags), "--upstream=" + Started(sandbox_)), environment),
      callers_(Listening(gateway_)),
      idle_kilobytes_(Kilobytes("VmRSS:")) {}

Stage::~Stage() { most_grown = std::max(most_grown, GrownMegabytes()); }

std::vector<Ended> Stage::Offer(const Load& load, const std::vector<Happening>& happenings) {
  seen_.clear();
  std::atomic<bool> ended = false;
  const auto begin = Clock::now();
  const double before = TotalRequests();
  most_connections_ = 0;
  std::thread sampler([&] {
    for (int samples = 0; !ended; ++samples) {
      seen_.emplace_back(Clock::now() - begin, TotalRequests() - before);
      if (samples % kSamplesPerPage == 0) SampleConnections();
      std::this_thread::sleep_for(kSampling);
    }
  });
  std::vector<Ended> calls = callers_.Offer(load, happenings);
  ended = true;
  sampler.join();
  seen_.emplace_back(Clock::now() - begin, TotalRequests() - before);
  return calls;
}

void Stage::SampleConnections() {
  const std::optional<double> open =
      gateway::MetricValue(gateway_.admin_address(), "oauth_gateway_upstream_connections");
  most_connections_ = std::max(most_connections_, open.value_or(0));
}

double Stage::TotalRequests() const {
  double sum = 0;
  for (const auto& [path, count] : sandbox_.Counts().requests_by_path) {
    sum += static_cast<double>(count);
  }
  return sum;
}

double Stage::RequestsUntil(Seconds time) const {
  const auto after =
      std::upper_bound(seen_.begin(), seen_.end(), time,
                       [](Seconds bound, const auto& sample) { return bound < sample.first; });
  return after == seen_.begin() ? 0 : std::prev(after)->second;
}

double Stage::Requests(Seconds from, Seconds to) const {
  return RequestsUntil(to) - RequestsUntil(from);
}

double Stage::MostRequests(Seconds from, Seconds to, Seconds window) const {
  double most = 0;
  for (const auto& [time, count] : seen_) {
    if (time >= from && time + window <= to) {
      most = std::max(most, Requests(time, time + window));
    }
  }
  return most;
}

double Stage::Kilobytes(const char* name) const {
  std::ifstream file("/proc/" + std::to_string(gateway_.pid()) + "/status");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(name)) return std::atof(line.c_str() + std::string(name).size());
  }
  throw std::runtime_error("the gateway has ended: " + gateway_.err());
}

double Stage::GrownMegabytes() const { return (Kilobytes("VmHWM:") - idle_kilobytes_) / 1024; }

std::vector<sandbox::FaultRule> Always(sandbox::FaultAction action, unsigned percent) {
  sandbox::FaultRule rule;
  rule.count = 0;
  rule.percent = percent;
  rule.action = action;
  return {rule};
}

double ShareOf(const std::vector<Ended>& calls, const std::function<bool(const Ended&)>& which) {
  if (calls.empty()) return 0;
  return static_cast<double>(std::count_if(calls.begin(), calls.end(), which)) /
         static_cast<double>(calls.size());
}

std::vector<double> MillisecondsOf(const std::vector<Ended>& calls,
                                   const std::function<bool(const Ended&)>& which) {
  std::vector<double> found;
  for (const Ended& call : calls) {
    if (which(call)) found.push_back(call.took.count() * 1e3);
  }
  return found;
}

std::string Percent(double share) { return fmt::format("{:.2f}%", 100 * share); }

double MostGrownMegabytes() { return most_grown; }

}  // namespace modelgates::bench
