#pragma once

#include "base/log.h"

namespace modelgates::gateway {

// Routes the log messages of gRPC and protobuf to `log`, which must outlive the use of both. A line
// names the source location only, because the text may contain metadata or bytes of a request. Of
// gRPC only errors are logged. Parse errors of protobuf are at debug level, because the line of the
// call reports them.
void RouteLibraryLogs(Log& log);

}  // namespace modelgates::gateway
