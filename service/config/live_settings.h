#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/environment.h"
#include "config/flags.h"

namespace modelgates::gateway {

// What changed when the settings were read again.
struct SettingsChange {
  // As LoadResult::errors. Not empty: the settings that are in use stay, all of them.
  std::vector<std::string> errors{};
  // The settings to use from now on, without the gateway's key: those that are in use, but for live
  // ones that have another value now.
  Config config{};
  SettingSources sources{};
  // "--name=value" of each live setting that has another value now, redacted.
  std::vector<std::string> changed{};
  // Names of the settings that have another value and are not live: it is used after a restart.
  std::vector<std::string_view> need_restart{};
};

// Reads every setting again, as Load does, and compares them with `config` and `sources`, which are
// in use. The gateway's key is not compared: its file is read again whenever it changes.
SettingsChange ReadSettingsAgain(const Config& config, const SettingSources& sources,
                                 const std::vector<std::string>& args, Environment environment,
                                 const SettingRules& rules);

}  // namespace modelgates::gateway
