#pragma once

#include <string>

#include "status/snapshot.h"

namespace modelgates::gateway {

// The whole page, complete without its script. Every figure of /metrics is a `data` element with
// its sample in `data-sample`.
std::string ToStatusPage(const StatusSnapshot& snapshot);

// The Content-Security-Policy of the page: nothing but its style, its script, and requests to the
// same port.
std::string StatusPagePolicy();

}  // namespace modelgates::gateway
