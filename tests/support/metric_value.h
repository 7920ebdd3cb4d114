#pragma once

#include <optional>
#include <string>

namespace modelgates::gateway {

// The value of one series at the admin port of `address`, by its name and labels as the page
// spells them (server_series.h). Nullopt: no such series.
std::optional<double> MetricValue(const std::string& address, const std::string& series);

// Until it has this value. False: it has another one after 60 s.
bool WaitForMetric(const std::string& address, const std::string& series, double value);

}  // namespace modelgates::gateway
