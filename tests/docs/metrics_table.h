#pragma once

#include <string>

namespace modelgates::gateway {

// A Markdown table with a row for each metric: name, type and description, as /metrics says them.
std::string MetricsTable();

}  // namespace modelgates::gateway
