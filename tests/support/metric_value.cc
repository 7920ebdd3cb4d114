#include "support/metric_value.h"

#include <chrono>
#include <cstdlib>
#include <thread>

#include "support/http_get.h"

namespace modelgates::gateway {

std::optional<double> MetricValue(const std::string& address, const std::string& series) {
  const std::string page = "\n" + HttpGet(address, "/metrics").body;
  const std::string start = "\n" + series + " ";
  const size_t at = page.find(start);
  if (at == std::string::npos) return std::nullopt;
  return std::strtod(page.c_str() + at + start.size(), nullptr);
}

bool WaitForMetric(const std::string& address, const std::string& series, double value) {
  constexpr int kPolls = 6000;
  for (int i = 0; i < kPolls; ++i) {
    if (MetricValue(address, series) == value) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return false;
}

}  // namespace modelgates::gateway
