#pragma once

#include <string>
#include <vector>

#include "modelgates/oauth/error.h"

namespace modelgates::oauth {

// Errors that this library finds itself; nothing was sent.

// INVALID_ARGUMENT with FIELD_INVALID, in the form of the gateway.
Error InvalidFields(std::vector<FieldViolation> violations);

// Without a reason.
Error LocalError(GrpcCode code, std::string message);

}  // namespace modelgates::oauth
