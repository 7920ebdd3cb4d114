#include "docs/log_tables.h"

#include <fmt/format.h>

#include <sstream>
#include <vector>

#include "base/log_table.h"

namespace modelgates::gateway {
namespace {

std::string EventNames(std::string_view events) {
  if (events.empty()) return "every line";
  std::istringstream words{std::string(events)};
  std::vector<std::string> names;
  for (std::string name; words >> name;) names.push_back("`" + name + "`");
  return fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace

std::string LogEventsTable() {
  std::string table = "| event | severity | meaning |\n|--|--|--|\n";
  for (const LogEventRow& row : kLogEvents) {
    table += fmt::format("| `{}` | {} | {} |\n", row.name, row.severities, row.meaning);
  }
  return table;
}

std::string LogFieldsTable() {
  std::string table = "| field | type | of | present | meaning |\n|--|--|--|--|--|\n";
  for (const LogFieldRow& row : kLogFields) {
    table +=
        fmt::format("| `{}` | {} | {} | {} | {} |\n", row.name, row.type, EventNames(row.events),
                    row.when.empty() ? "always" : row.when, row.meaning);
  }
  return table;
}

}  // namespace modelgates::gateway
