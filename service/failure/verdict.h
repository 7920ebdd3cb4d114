#pragma once

#include "failure/error_catalogue.h"
#include "http/http.h"
#include "resilience/classification.h"
#include "upstream/rpc.h"

namespace modelgates::gateway {

// What a result means for a call of `rpc`.
struct Verdict {
  const ErrorRow* row;
  ErrorReason reason;
  absl::StatusCode code;
  RetryClass retry;
  AuthCodeState auth_code_state;  // AUTH_CODE_STATE_UNSPECIFIED for a create
  // The answer refuses the request, and something in front of the API gave it: a CDN, a firewall, a
  // proxy. What became of the code is then unknown.
  bool refused_in_front = false;
};

// Finds the row of a result that brought no reply. The HTTP status decides, never `error.code` of
// the body; the body decides only who said it. But a success (2xx) that holds an error of the API
// instead of what a reply needs is that error: the row is that of `error.code`, where that is a
// status.
Verdict Judge(Rpc rpc, const HttpResult& result);

// As Judge, but for the retrier and the circuit breaker: a success is kNever and kWorks, whatever
// its body.
Classification ClassifyCreate(const HttpResult& result);
Classification ClassifyExchange(const HttpResult& result);

}  // namespace modelgates::gateway
