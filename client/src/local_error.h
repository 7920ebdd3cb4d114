#pragma once

#include <string>
#include <vector>

#include "modelgates/oauth/error.h"

namespace modelgates::oauth {

// Errors that this library finds by itself; nothing was sent.

// INVALID_ARGUMENT, FIELD_INVALID, as the gateway would have said it.
Error InvalidFields(std::vector<FieldViolation> violations);

// Without a reason.
Error LocalError(GrpcCode code, std::string message);

}  // namespace modelgates::oauth
