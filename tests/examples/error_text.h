#pragma once

#include <string>

#include "support/catalogue_error.h"

namespace modelgates::gateway {

// What a client has to find in the error, a line each. The decoders of tests/examples write the
// same of what they found, so that texts are compared and no language has a table of its own:
//
//   code 3
//   message the request lacks a required field: ...
//   details ErrorInfo BadRequest RequestInfo
//   reason FIELD_REQUIRED of modelgates.ai
//   metadata attempts=0               sorted by name
//   violation callback_url: ...       of BadRequest
//   retry_delay 1500 ms               of RetryInfo
//   request_id request-1              of RequestInfo
//   upstream 403 auth_code_state REJECTED attempts 1 logged 1 message no
//
// Code and reason are not read from the details but those of the row.
std::string ErrorText(ErrorReason reason, const CatalogueError& error);

}  // namespace modelgates::gateway
