#pragma once

#include "base/log.h"

namespace modelgates::gateway {

// Sends what protobuf itself reports into `log` instead of stderr; `log` must outlive the process's
// use of protobuf. Only where in protobuf it came from, since its text may quote what was parsed.
// A caller's malformed bytes are at debug level: the line of its call says it too.
void RouteProtobufLog(Log& log);

}  // namespace modelgates::gateway
