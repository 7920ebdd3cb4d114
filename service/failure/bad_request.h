#pragma once

#include <google/rpc/error_details.pb.h>

#include <optional>

#include "failure/failed_call.h"
#include "redaction/redaction.h"
#include "upstream/error_body.h"

namespace modelgates::gateway {

// The wrong fields: those that validation found, or the one that the upstream's 400 names. nullopt:
// none is known.
std::optional<google::rpc::BadRequest> BadRequestOf(const FailedCall& failed,
                                                    const std::optional<ErrorBody>& body,
                                                    const Redaction& redaction);

}  // namespace modelgates::gateway
