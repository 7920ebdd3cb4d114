#include "request/retry_config.h"

#include <fmt/format.h>

#include <cmath>
#include <optional>

#include "resilience/status_set.h"

namespace modelgates::gateway {
namespace {

namespace v1 = modelgates::oauth::v1;
using google::protobuf::Duration;
using std::chrono::milliseconds;

constexpr int kMaxStatusCodes = 32;
constexpr double kMaxExponent = 10;
constexpr int64_t kMaxInitialSeconds = 60;
constexpr int64_t kMaxIntervalSeconds = 600;
constexpr int64_t kMaxElapsedSeconds = 3600;
constexpr int64_t kMaxJitterSeconds = 60;

milliseconds ToMilliseconds(const Duration& duration) {
  return milliseconds(duration.seconds() * 1000 + duration.nanos() / 1'000'000);
}

void Add(std::string field, std::string rule, std::vector<Violation>& violations) {
  violations.push_back({std::move(field), std::move(rule), v1::RETRY_CONFIG_INVALID});
}

void CheckDuration(bool present, const Duration& value, std::string_view field, int64_t max_seconds,
                   std::vector<Violation>& violations) {
  if (!present) return;
  const bool in_range =
      value.seconds() >= 0 && value.nanos() >= 0 && value.nanos() <= 999'999'999 &&
      (value.seconds() < max_seconds || (value.seconds() == max_seconds && value.nanos() == 0));
  if (!in_range) {
    Add(std::string(field), fmt::format("must be 0 to {} s", max_seconds), violations);
  }
}

}  // namespace

std::vector<Violation> CheckRetryConfig(const v1::RetryConfig& config) {
  std::vector<Violation> violations;
  if (!v1::RetryConfig::Strategy_IsValid(config.strategy())) {
    Add("retries.strategy", "must be NONE or BACKOFF", violations);
  }
  const v1::BackoffStrategy& backoff = config.backoff();
  CheckDuration(backoff.has_initial_interval(), backoff.initial_interval(),
                "retries.backoff.initial_interval", kMaxInitialSeconds, violations);
  CheckDuration(backoff.has_max_interval(), backoff.max_interval(), "retries.backoff.max_interval",
                kMaxIntervalSeconds, violations);
  const double exponent = backoff.exponent();
  if (exponent != 0 && !(exponent >= 1 && exponent <= kMaxExponent)) {
    Add("retries.backoff.exponent", fmt::format("must be 1 to {}, or 0", kMaxExponent), violations);
  }
  CheckDuration(backoff.has_max_elapsed_time(), backoff.max_elapsed_time(),
                "retries.backoff.max_elapsed_time", kMaxElapsedSeconds, violations);
  CheckDuration(backoff.has_jitter(), backoff.jitter(), "retries.backoff.jitter", kMaxJitterSeconds,
                violations);
  if (config.status_codes_size() > kMaxStatusCodes) {
    Add("retries.status_codes", fmt::format("must have at most {} entries", kMaxStatusCodes),
        violations);
  } else {
    for (int i = 0; i < config.status_codes_size(); ++i) {
      if (StatusSet::Parse(config.status_codes(i))) continue;
      Add(fmt::format("retries.status_codes[{}]", i),
          "must be a status from 400 to 599, or 4XX or 5XX", violations);
    }
  }
  if (config.has_max_attempts() &&
      (config.max_attempts() < 1 || config.max_attempts() > kMaxAttempts)) {
    Add("retries.max_attempts", fmt::format("must be 1 to {}", kMaxAttempts), violations);
  }
  return violations;
}

RetryPolicy ToRetryPolicy(const v1::RetryConfig& config, RetryPolicy policy) {
  policy.enabled = config.strategy() != v1::RetryConfig::NONE;
  const v1::BackoffStrategy& backoff = config.backoff();
  if (backoff.has_initial_interval()) {
    policy.initial_interval = ToMilliseconds(backoff.initial_interval());
  }
  if (backoff.has_max_interval()) policy.max_interval = ToMilliseconds(backoff.max_interval());
  if (backoff.exponent() != 0) policy.exponent = backoff.exponent();
  if (backoff.has_max_elapsed_time()) {
    policy.max_elapsed = ToMilliseconds(backoff.max_elapsed_time());
  }
  if (backoff.has_jitter()) policy.jitter = ToMilliseconds(backoff.jitter());
  if (config.has_retry_connection_errors()) {
    policy.retry_connection_errors = config.retry_connection_errors();
  }
  for (const std::string& entry : config.status_codes()) {
    if (const auto set = StatusSet::Parse(entry)) policy.statuses.Add(*set);
  }
  if (config.has_max_attempts()) policy.max_attempts = static_cast<int>(config.max_attempts());
  return policy;
}

}  // namespace modelgates::gateway
