#include "docs/metrics_table.h"

#include <sstream>

#include "telemetry/metrics.h"

namespace modelgates::gateway {

std::string MetricsTable() {
  std::istringstream lines(Metrics().Render());
  std::string table = "| metric | type | meaning |\n|--|--|--|\n";
  std::string help;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string hash, kind, name, rest;
    words >> hash >> kind >> name;
    std::getline(words >> std::ws, rest);
    if (kind == "HELP") help = rest;
    if (kind == "TYPE") table += "| `" + name + "` | " + rest + " | " + help + " |\n";
  }
  return table;
}

}  // namespace modelgates::gateway
