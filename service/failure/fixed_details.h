#pragma once

#include <google/rpc/error_details.pb.h>
#include <modelgates/oauth/v1/oauth.pb.h>

namespace modelgates::gateway {

// Details that are the same for every call with the same reason.

google::rpc::PreconditionFailure PaymentFailure();
google::rpc::QuotaFailure RateFailure();

// A link to the reason's own entry in docs/errors.md.
google::rpc::Help HelpFor(oauth::v1::ErrorReason reason);

}  // namespace modelgates::gateway
