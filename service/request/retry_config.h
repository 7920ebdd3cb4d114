#pragma once

#include <modelgates/oauth/v1/oauth.pb.h>

#include <string>
#include <vector>

#include "resilience/retry_policy.h"

namespace modelgates::gateway {

struct RetryConfigProblem {
  std::string field;
  std::string rule;
};

// The fields that are outside of the bounds that oauth.proto gives for RetryConfig and
// BackoffStrategy.
std::vector<RetryConfigProblem> CheckRetryConfig(const oauth::v1::RetryConfig& config);

// `defaults`, overridden by the fields that `config` sets. `config` must have passed the check.
RetryPolicy ToRetryPolicy(const oauth::v1::RetryConfig& config, RetryPolicy defaults);

}  // namespace modelgates::gateway
