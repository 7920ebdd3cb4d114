#include "samples.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <stdexcept>
#include <string>

namespace modelgates::bench {
namespace {

double StatusNumber(const std::filesystem::path& folder, const std::string& name) {
  std::ifstream status(folder / "status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(name + ":")) return std::stod(line.substr(name.size() + 1));
  }
  throw std::runtime_error("the gateway is gone: " + folder.string() + " has no " + name);
}

}  // namespace

Sample Take(pid_t pid, std::chrono::steady_clock::time_point start) {
  constexpr double kKibInMib = 1024;
  const std::filesystem::path folder = "/proc/" + std::to_string(pid);
  Sample sample;
  sample.hours = std::chrono::steady_clock::now() - start;
  sample.memory_mib = StatusNumber(folder, "VmRSS") / kKibInMib;
  sample.threads = StatusNumber(folder, "Threads");
  sample.descriptors =
      static_cast<double>(std::distance(std::filesystem::directory_iterator(folder / "fd"), {}));
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
