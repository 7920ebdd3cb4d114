#pragma once

#include <google/rpc/status.pb.h>

#include <string>

#include "failure/failed_call.h"

namespace modelgates::gateway {

// What a caller receives for a call that failed, before gRPC takes it.
struct ErrorReply {
  // Code, message, and every detail in the order of the error model, within its size budget.
  google::rpc::Status status;
  // Value of the trailer grpc-retry-pushback-ms (gRFC A6), so that the caller's own gRPC retries
  // do not multiply ours: "-1" never, else the delay. Empty: no trailer.
  std::string retry_pushback;
  bool details_truncated = false;
};

// Pure. Nothing of the upstream's is in it that was not redacted, cleaned and capped; nothing at
// all of the body of a 2xx answer.
ErrorReply ToErrorReply(const FailedCall& failed);

}  // namespace modelgates::gateway
