#pragma once

#include "base/log.h"

namespace modelgates::gateway {

// Sends what gRPC and protobuf report themselves into `log`, which must outlive the use of both. A
// line has only the place in the library that it came from: its text may quote metadata or bytes
// that were parsed. Of gRPC only errors are logged. What protobuf says of a caller's malformed
// bytes is at debug level: the line of the call says it too.
void RouteLibraryLogs(Log& log);

}  // namespace modelgates::gateway
