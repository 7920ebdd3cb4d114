#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/environment.h"
#include "config/flags.h"

namespace modelgates::gateway {

// The result of reading the settings again.
struct SettingsChange {
  // As LoadResult::errors. If there are any, no setting changes.
  std::vector<std::string> errors{};
  // The settings to use from now on, without the gateway's key: the current ones with the new
  // values of live settings.
  Config config{};
  SettingSources sources{};
  // "--name=value" of each live setting with a new value, redacted.
  std::vector<std::string> changed{};
  // Names of the settings whose new value requires a restart.
  std::vector<std::string_view> need_restart{};
};

// Reads every setting again, like Load, and compares them with the current `config` and `sources`.
// The gateway's key is not compared, because Credentials reads its file again.
SettingsChange ReadSettingsAgain(const Config& config, const SettingSources& sources,
                                 const std::vector<std::string>& args, Environment environment,
                                 const SettingRules& rules);

}  // namespace modelgates::gateway
