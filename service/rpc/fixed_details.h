#pragma once

#include <google/rpc/error_details.pb.h>
#include <modelgates/oauth/v1/oauth.pb.h>

namespace modelgates::gateway {

// Details that are the same for every call with the same reason.

google::rpc::PreconditionFailure PaymentFailure();
google::rpc::QuotaFailure RateFailure();

// A page for a reason that wants one.
google::rpc::Help HelpFor(oauth::v1::ErrorReason reason);

// Fit for the end user whose authorization code was refused.
google::rpc::LocalizedMessage RefusedSignIn();

}  // namespace modelgates::gateway
