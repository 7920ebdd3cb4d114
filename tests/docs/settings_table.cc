#include "docs/settings_table.h"

#include <fmt/format.h>

#include "config/settings.h"

namespace modelgates::gateway {
namespace {

std::string Default(const Setting& setting) {
  const std::string text = setting.print(Config());
  return (text.empty() ? "none" : fmt::format("`{}`", text)) + (setting.live ? ", live" : "");
}

}  // namespace

std::string SettingsTable() {
  std::string table = "| flag | environment | default | meaning |\n|--|--|--|--|\n";
  for (const Setting& setting : Settings()) {
    table += fmt::format("| `--{}` | `{}` | {} | {} |\n", setting.name, setting.EnvironmentName(),
                         Default(setting), setting.help);
  }
  return table;
}

}  // namespace modelgates::gateway
