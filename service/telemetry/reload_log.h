#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/log.h"
#include "base/reloaded_file.h"
#include "telemetry/metrics.h"

namespace modelgates::gateway {

// Logs and counts the reloads of files and of the settings.
class ReloadLog final : public ReloadObserver {
 public:
  // Both must outlive this.
  ReloadLog(Log& log, Metrics& metrics) : log_(log), metrics_(metrics) {}

  // `reloaded`, with `setting`.
  void OnReloaded(std::string_view setting) override;
  // `reload_failed`, an error, with `setting` and `error`.
  void OnReloadFailed(std::string_view setting, std::string_view why) override;
  // `reloaded`, with `setting` flagfile. `changed`: "--name=value" of each setting that is used
  // from now on, redacted. A warning when `need_restart` names others.
  void OnSettingsReloaded(std::span<const std::string> changed,
                          std::span<const std::string_view> need_restart);

  // The value of `setting` for a reload of the settings.
  static constexpr std::string_view kSettings = "flagfile";

 private:
  Log& log_;
  Metrics& metrics_;
};

}  // namespace modelgates::gateway
