#pragma once

#include <absl/time/time.h>

#include <string>
#include <vector>

#include "config/settings_text.h"
#include "status/figures.h"
#include "status/history.h"
#include "telemetry/recent_failures.h"

namespace modelgates::gateway {

// What /statusz shows and no metric has.
struct StatusFacts {
  absl::Time now;
  bool serving = false;                 // as /readyz
  std::vector<ShownSetting> changed;    // settings that differ from their default
  std::vector<std::string> files;       // settings that name a file or folder
  std::vector<RecentFailure> failures;  // newest first
};

// Everything that /statusz shows, at one moment.
struct StatusSnapshot {
  Figures figures;
  StatusFacts facts;
  std::vector<StatusSample> history;  // oldest first, the last is of this moment
};

}  // namespace modelgates::gateway
