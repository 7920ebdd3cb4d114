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

// What is outside the ceilings that oauth.proto states for RetryConfig and BackoffStrategy.
std::vector<RetryConfigProblem> CheckRetryConfig(const oauth::v1::RetryConfig& config);

// `defaults` with what `config`, which passed the check, sets.
RetryPolicy ToRetryPolicy(const oauth::v1::RetryConfig& config, RetryPolicy defaults);

}  // namespace modelgates::gateway
