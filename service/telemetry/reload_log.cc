#include "telemetry/reload_log.h"

#include <fmt/format.h>

namespace modelgates::gateway {

void ReloadLog::OnReloaded(std::string_view setting) {
  metrics_.FileReloaded(setting, Metrics::Reload::kOk);
  LogLine line = log_.Line(Severity::kInfo, "reloaded", "a file has changed and is in use");
  log_.Write(line.Add("setting", setting));
}

void ReloadLog::OnSettingsReloaded(std::span<const std::string> changed,
                                   std::span<const std::string_view> need_restart) {
  metrics_.FileReloaded(kSettings, Metrics::Reload::kOk);
  LogLine line = need_restart.empty()
                     ? log_.Line(Severity::kInfo, "reloaded", "the settings were read again")
                     : log_.Line(Severity::kWarning, "reloaded",
                                 "the settings were read again; some changes require a restart");
  line.Add("setting", kSettings).Add("changed", fmt::format("{}", fmt::join(changed, " ")));
  if (!need_restart.empty()) {
    line.Add("need_restart", fmt::format("{}", fmt::join(need_restart, " ")));
  }
  log_.Write(line);
}

void ReloadLog::OnReloadFailed(std::string_view setting, std::string_view why) {
  metrics_.FileReloaded(setting, Metrics::Reload::kFailed);
  LogLine line = log_.Line(Severity::kError, "reload_failed",
                           "the new content cannot be used; the previous content stays in use");
  log_.Write(line.Add("setting", setting).Add("error", why));
}

}  // namespace modelgates::gateway
