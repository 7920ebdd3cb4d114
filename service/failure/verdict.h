#pragma once

#include "failure/error_catalogue.h"
#include "http/http.h"
#include "resilience/classification.h"
#include "upstream/rpc.h"

namespace modelgates::gateway {

// The meaning of a result for a call of an RPC.
struct Verdict {
  const ErrorRow* row;
  ErrorReason reason;
  absl::StatusCode code;
  RetryClass retry;
  AuthCodeState auth_code_state;  // AUTH_CODE_STATE_UNSPECIFIED for a create
  // The request was refused by something in front of the API: a CDN, a firewall, a proxy. The state
  // of the code is then unknown.
  bool refused_in_front = false;
};

// Finds the row of a result without a usable reply. The HTTP status decides; the body only shows
// whether the API answered. Exception: a success (2xx) with an error of the API in its body is that
// error, with the row of `error.code` if that is a status.
Verdict Judge(Rpc rpc, const HttpResult& result);

// Judge for the retrier and the circuit breaker. A success is kNever and kWorks, for any body.
Classification ClassifyCreate(const HttpResult& result);
Classification ClassifyExchange(const HttpResult& result);

}  // namespace modelgates::gateway
