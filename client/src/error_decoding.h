#pragma once

#include <string>
#include <string_view>

#include "modelgates/oauth/error.h"

namespace modelgates::oauth {

// The end of a failed call, from gRPC.
struct CallFailure {
  int grpc_code = 0;
  std::string message;
  std::string details;             // grpc-status-details-bin: a serialized google.rpc.Status
  std::string trailer_request_id;  // x-request-id; empty when there was none
};

// Reads the typed details. Ignores what it cannot read: bytes that are not a google.rpc.Status, an
// ErrorInfo of another domain, details of unknown types, malformed numbers.
Error DecodeError(const CallFailure& failure);

}  // namespace modelgates::oauth
