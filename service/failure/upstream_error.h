#pragma once

#include <modelgates/oauth/v1/oauth.pb.h>

#include <optional>

#include "failure/failed_call.h"
#include "upstream/error_body.h"

namespace modelgates::gateway {

// The detail that says what the upstream answered and what was tried. Redacted, cleaned and capped
// as oauth.proto says. `body`: the answer's JSON; nullopt when it was none.
oauth::v1::UpstreamError ToUpstreamError(const FailedCall& failed,
                                         const std::optional<ErrorBody>& body);

}  // namespace modelgates::gateway
