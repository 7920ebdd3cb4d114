#pragma once

#include <google/rpc/status.pb.h>

#include <string>
#include <string_view>

#include "failure/failed_call.h"
#include "redaction/redaction.h"

namespace modelgates::gateway {

// ErrorInfo.domain of every error of the gateway.
inline constexpr char kErrorDomain[] = "modelgates.ai";

// The reply to a failed call, not yet a grpc::Status.
struct ErrorReply {
  // Code, message, and every detail in the order of the error model, within its size budget.
  google::rpc::Status status;
  // Value of the trailer grpc-retry-pushback-ms (gRFC A6), so that the caller's own gRPC retries
  // do not multiply ours: "-1" never, else the delay. Empty: no trailer.
  std::string retry_pushback;
  bool details_truncated = false;
  // The upstream's id of the last request, redacted; empty: there is none.
  std::string upstream_request_id;
};

// Pure. Texts of the upstream are redacted by `redaction`, cleaned and cut. Of the body of a 2xx
// answer at most the message of an error of the API is used. `request_id`: the id of the call.
ErrorReply ToErrorReply(const FailedCall& failed, std::string_view request_id,
                        const Redaction& redaction);

}  // namespace modelgates::gateway
