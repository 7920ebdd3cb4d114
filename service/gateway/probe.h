#pragma once

#include <absl/status/status.h>

#include "config/config.h"

namespace modelgates::gateway {

// Queries the gateway that runs on this machine with the same settings, as `config.probe` (not
// kNone) says: for container engines and people, since the image holds no other program for it. OK:
// healthy. UNAVAILABLE names the query, the address and the answer. Takes 2 seconds at most.
absl::Status RunProbe(const Config& config);

}  // namespace modelgates::gateway
