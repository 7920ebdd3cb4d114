#pragma once

#include "redaction/redaction.h"
#include "upstream/error_body.h"

namespace modelgates::gateway {

// Whether a secret can be read in the texts of `body` together, although none of them is withheld
// by itself: in message, metadata (by the order of its names) and user id, one after the other.
bool HasSplitSecret(const ErrorBody& body, const Redaction& redaction);

}  // namespace modelgates::gateway
