#include "samples.h"

#include <algorithm>
#include <numeric>
#include <stdexcept>

namespace modelgates::bench {
Sample Take(const gateway::GatewayProcess& gateway, std::chrono::steady_clock::time_point start) {
  constexpr double kBytesInMib = 1024 * 1024;
  if (!gateway.running()) throw std::runtime_error("the gateway has ended: " + gateway.err());
  Sample sample;
  sample.hours = std::chrono::steady_clock::now() - start;
  sample.memory_mib = static_cast<double>(gateway.memory_bytes()) / kBytesInMib;
  sample.threads = gateway.threads();
  sample.descriptors = gateway.descriptors();
  return sample;
}

double GrowthAnHour(const std::vector<Sample>& samples, double Sample::*what) {
  const auto count = static_cast<double>(samples.size());
  if (samples.size() < 2) return 0;
  const auto mean = [&](const auto& of) {
    return std::accumulate(samples.begin(), samples.end(), 0.0,
                           [&](double sum, const Sample& it) { return sum + of(it); }) /
           count;
  };
  const double hours = mean([](const Sample& it) { return it.hours.count(); });
  const double level = mean([&](const Sample& it) { return it.*what; });
  const double together =
      mean([&](const Sample& it) { return (it.hours.count() - hours) * (it.*what - level); });
  const double spread = mean(
      [&](const Sample& it) { return (it.hours.count() - hours) * (it.hours.count() - hours); });
  return together / spread;
}

double Median(std::vector<Sample> samples, double Sample::*what) {
  if (samples.empty()) return 0;
  const auto middle = samples.begin() + static_cast<std::ptrdiff_t>(samples.size() / 2);
  std::nth_element(samples.begin(), middle, samples.end(),
                   [&](const Sample& a, const Sample& b) { return a.*what < b.*what; });
  return (*middle).*what;
}

}  // namespace modelgates::bench
