#pragma once

#include <absl/status/status.h>

#include "config/config.h"

namespace modelgates::gateway {

// Asks the gateway that runs on this machine with the same settings how it is: for container
// engines and people, since the image holds no other program that could ask. OK is well;
// UNAVAILABLE says what was asked, where, and what came of it. Takes 2 seconds at most.
absl::Status Ask(const Config& config);

}  // namespace modelgates::gateway
