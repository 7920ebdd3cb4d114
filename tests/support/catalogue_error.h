#pragma once

#include <string>

#include "call/status_mapping.h"

namespace modelgates::gateway {

// One error as the gateway sends it, made of a row of the catalogue.
struct CatalogueError {
  Rpc rpc;
  // What the row says.
  absl::StatusCode code;
  AuthCodeState auth_code_state;

  std::string request_id;  // the trailer x-request-id
  ErrorReply reply;
};

enum class ErrorSize {
  kUsual,    // one attempt, short texts; of CreateAuthCode, unless the reason is of exchanges only
  kLargest,  // as near to the budget as the reason gets; of ExchangeAuthCode where that has it
};

// An error with this reason, which must be in the catalogue.
CatalogueError CatalogueErrorOf(ErrorReason reason, ErrorSize size);

}  // namespace modelgates::gateway
