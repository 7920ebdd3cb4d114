#pragma once

#include <absl/time/time.h>

#include <cstddef>
#include <string>
#include <vector>

#include "caller/caller_limits.h"
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
  static constexpr size_t kMaxCallers = 10;
  std::vector<CallerLimits::Use> callers;  // that use most of their share, most first
};

// Everything that /statusz shows, at one moment.
struct StatusSnapshot {
  Figures figures;
  StatusFacts facts;
  std::vector<StatusSample> history;  // oldest first, the last is of this moment
};

}  // namespace modelgates::gateway
