#pragma once

#include <modelgates/oauth/v1/oauth.pb.h>

#include <vector>

#include "failure/violation.h"
#include "resilience/retry_policy.h"

namespace modelgates::gateway {

// The fields that are outside of the bounds that oauth.proto gives for RetryConfig and
// BackoffStrategy.
std::vector<Violation> CheckRetryConfig(const oauth::v1::RetryConfig& config);

// `defaults`, overridden by the fields that `config` sets. `config` must have passed the check.
RetryPolicy ToRetryPolicy(const oauth::v1::RetryConfig& config, RetryPolicy defaults);

}  // namespace modelgates::gateway
