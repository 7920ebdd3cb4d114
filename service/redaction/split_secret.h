#pragma once

#include "redaction/redaction.h"
#include "upstream/error_body.h"

namespace modelgates::gateway {

// Whether a secret is split over several texts of `body`, of which none is withheld by itself. The
// texts are message, metadata (sorted by name) and user id, one after the other.
bool HasSplitSecret(const ErrorBody& body, const Redaction& redaction);

}  // namespace modelgates::gateway
