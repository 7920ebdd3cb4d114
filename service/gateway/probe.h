#pragma once

#include <absl/status/status.h>

#include "config/config.h"

namespace modelgates::gateway {

// Queries the gateway that runs on this machine with the same settings. `config.probe`, not kNone,
// selects the query. For container health checks: the image has no other program for them. OK:
// healthy. Error: UNAVAILABLE, with query, address and answer. Takes at most 2 seconds.
absl::Status RunProbe(const Config& config);

}  // namespace modelgates::gateway
