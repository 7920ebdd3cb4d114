#include "telemetry/reload_log.h"

namespace modelgates::gateway {

void ReloadLog::OnReloaded(std::string_view setting) {
  metrics_.FileReloaded(setting, Metrics::Reload::kOk);
  LogLine line = log_.Line(Severity::kInfo, "reloaded", "a file has changed and is in use");
  log_.Write(line.Add("setting", setting));
}

void ReloadLog::OnReloadFailed(std::string_view setting, std::string_view why) {
  metrics_.FileReloaded(setting, Metrics::Reload::kFailed);
  LogLine line = log_.Line(Severity::kError, "reload_failed",
                           "a file has changed and cannot be used: what it held before stays in "
                           "use");
  log_.Write(line.Add("setting", setting).Add("error", why));
}

}  // namespace modelgates::gateway
