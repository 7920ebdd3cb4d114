#pragma once

#include "base/log.h"

namespace modelgates::gateway {

// Sends what gRPC itself reports into `log`, which must outlive the process's use of gRPC: errors
// only, and of those only where in gRPC they came from, since their text may quote metadata.
void RouteGrpcLog(Log& log);

}  // namespace modelgates::gateway
