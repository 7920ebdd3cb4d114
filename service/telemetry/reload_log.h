#pragma once

#include <string_view>

#include "base/log.h"
#include "base/reloaded_file.h"
#include "telemetry/metrics.h"

namespace modelgates::gateway {

// Logs and counts the reloads of files.
class ReloadLog final : public ReloadObserver {
 public:
  // Both must outlive this.
  ReloadLog(Log& log, Metrics& metrics) : log_(log), metrics_(metrics) {}

  // `reloaded`, with `setting`.
  void OnReloaded(std::string_view setting) override;
  // `reload_failed`, an error, with `setting` and `error`.
  void OnReloadFailed(std::string_view setting, std::string_view why) override;

 private:
  Log& log_;
  Metrics& metrics_;
};

}  // namespace modelgates::gateway
