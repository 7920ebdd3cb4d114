#include "config/live_settings.h"

#include <fmt/format.h>

#include <utility>

#include "config/settings.h"

namespace modelgates::gateway {

SettingsChange ReadSettingsAgain(const Config& config, const SettingSources& sources,
                                 const std::vector<std::string>& args, Environment environment,
                                 const SettingRules& rules) {
  SettingsChange change;
  change.config = config;
  change.sources = sources;
  environment.erase(kKeyVariable);  // wiped after the start
  LoadResult loaded = Load(args, environment, rules);
  change.errors = std::move(loaded.errors);
  if (!loaded.config) return change;
  for (const Setting& setting : Settings()) {
    const std::string value = setting.print(*loaded.config);
    if (value == setting.print(config)) continue;
    if (!setting.live) {
      change.need_restart.push_back(setting.name);
      continue;
    }
    setting.parse(value, change.config);
    change.changed.push_back(
        fmt::format("--{}={}", setting.name, setting.redact ? setting.redact(value) : value));
    change.sources.erase(setting.name);
    if (const auto source = loaded.sources.find(setting.name); source != loaded.sources.end()) {
      change.sources.insert(*source);
    }
  }
  return change;
}

}  // namespace modelgates::gateway
