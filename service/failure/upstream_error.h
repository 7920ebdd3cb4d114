#pragma once

#include <modelgates/oauth/v1/oauth.pb.h>

#include <optional>

#include "failure/failed_call.h"
#include "redaction/redaction.h"
#include "upstream/error_body.h"

namespace modelgates::gateway {

// The detail with the upstream's answer and the attempts. Redacted, cleaned and cut as oauth.proto
// says. `body`: the answer's JSON; nullopt: it was not JSON.
oauth::v1::UpstreamError ToUpstreamError(const FailedCall& failed,
                                         const std::optional<ErrorBody>& body,
                                         const Redaction& redaction);

}  // namespace modelgates::gateway
