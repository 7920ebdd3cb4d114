#pragma once

#include <absl/time/time.h>

#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "config/config.h"
#include "config/settings.h"
#include "config/settings_text.h"

namespace modelgates::gateway {

// /configz: the settings in use, the source of each, and the time when they were read. Any
// thread.
class SettingsPage {
 public:
  using Clock = std::function<absl::Time()>;

  // `traces`: one line that describes them, without secrets. `clock`: the wall clock. Does not keep
  // the gateway's key.
  SettingsPage(Config config, SettingSources sources, std::string traces, Clock clock);

  // Replaces the settings and sets the time of reading to now.
  void Set(Config config, SettingSources sources);
  std::string Text() const;
  // For /statusz: ChangedSettings and FilesOf.
  std::vector<ShownSetting> Changed() const;
  std::vector<std::string> Files() const;

 private:
  const Clock clock_;
  const bool has_key_;
  const std::string traces_;
  mutable std::mutex mutex_;  // guards what follows
  Config config_;
  SettingSources sources_;
  absl::Time read_at_;
};

}  // namespace modelgates::gateway
