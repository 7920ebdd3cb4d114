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

void CheckDuration(bool present, const Duration& value, std::string_view field, int64_t max_seconds,
                   std::vector<RetryConfigProblem>& problems) {
  if (!present) return;
  const bool in_range =
      value.seconds() >= 0 && value.nanos() >= 0 && value.nanos() <= 999'999'999 &&
      (value.seconds() < max_seconds || (value.seconds() == max_seconds && value.nanos() == 0));
  if (!in_range) {
    problems.push_back({std::string(field), fmt::format("must be 0 to {} s", max_seconds)});
  }
}

}  // namespace

std::vector<RetryConfigProblem> CheckRetryConfig(const v1::RetryConfig& config) {
  std::vector<RetryConfigProblem> problems;
  if (!v1::RetryConfig::Strategy_IsValid(config.strategy())) {
    problems.push_back({"retries.strategy", "must be NONE or BACKOFF"});
  }
  const v1::BackoffStrategy& backoff = config.backoff();
  CheckDuration(backoff.has_initial_interval(), backoff.initial_interval(),
                "retries.backoff.initial_interval", kMaxInitialSeconds, problems);
  CheckDuration(backoff.has_max_interval(), backoff.max_interval(), "retries.backoff.max_interval",
                kMaxIntervalSeconds, problems);
  const double exponent = backoff.exponent();
  if (exponent != 0 && !(exponent >= 1 && exponent <= kMaxExponent)) {
    problems.push_back(
        {"retries.backoff.exponent", fmt::format("must be 1 to {}, or 0", kMaxExponent)});
  }
  CheckDuration(backoff.has_max_elapsed_time(), backoff.max_elapsed_time(),
                "retries.backoff.max_elapsed_time", kMaxElapsedSeconds, problems);
  CheckDuration(backoff.has_jitter(), backoff.jitter(), "retries.backoff.jitter", kMaxJitterSeconds,
                problems);
  if (config.status_codes_size() > kMaxStatusCodes) {
    problems.push_back(
        {"retries.status_codes", fmt::format("must have at most {} entries", kMaxStatusCodes)});
  } else {
    for (int i = 0; i < config.status_codes_size(); ++i) {
      if (StatusSet::Parse(config.status_codes(i))) continue;
      problems.push_back({fmt::format("retries.status_codes[{}]", i),
                          "must be a status from 400 to 599, or 4XX or 5XX"});
    }
  }
  if (config.has_max_attempts() &&
      (config.max_attempts() < 1 || config.max_attempts() > kMaxAttempts)) {
    problems.push_back({"retries.max_attempts", fmt::format("must be 1 to {}", kMaxAttempts)});
  }
  return problems;
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
