#include "support/metric_value.h"

#include <cstdlib>

#include "support/http_get.h"
#include "support/wait_until.h"

namespace modelgates::gateway {

std::optional<double> MetricValue(const std::string& address, const std::string& series) {
  const std::string page = "\n" + HttpGet(address, "/metrics").body;
  const std::string start = "\n" + series + " ";
  const size_t at = page.find(start);
  if (at == std::string::npos) return std::nullopt;
  return std::strtod(page.c_str() + at + start.size(), nullptr);
}

bool WaitForMetric(const std::string& address, const std::string& series, double value) {
  return WaitUntil([&] { return MetricValue(address, series) == value; });
}

}  // namespace modelgates::gateway
