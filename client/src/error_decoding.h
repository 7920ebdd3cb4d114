#pragma once

#include <string>
#include <string_view>

#include "modelgates/oauth/error.h"

namespace modelgates::oauth {

// How a call ended, as gRPC tells it.
struct CallFailure {
  int grpc_code = 0;
  std::string message;
  std::string details;             // grpc-status-details-bin: a serialized google.rpc.Status
  std::string trailer_request_id;  // x-request-id; empty when there was none
};

// Reads the typed details. Whatever cannot be read is left out: bytes that are no
// google.rpc.Status, an ErrorInfo of another domain, details of unknown types, numbers that are
// none.
Error DecodeError(const CallFailure& failure);

}  // namespace modelgates::oauth
