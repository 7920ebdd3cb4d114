#include "request/retry_options.h"

#include <algorithm>
#include <utility>

#include "failure/verdict.h"
#include "request/retry_config.h"

namespace modelgates::gateway {

std::optional<TimePoint> OwnDeadline(const Config& config, TimePoint caller_deadline,
                                     TimePoint now) {
  constexpr Duration kMinMargin = std::chrono::milliseconds(10);
  constexpr Duration kMaxMargin = std::chrono::milliseconds(100);
  const bool has_deadline = caller_deadline != TimePoint::max();
  const Duration wanted = has_deadline ? caller_deadline - now : Duration(config.default_deadline);
  const Duration left = std::min<Duration>(wanted, config.max_deadline);
  if (left < kMinAttemptTime) return std::nullopt;
  return now + left - std::clamp(left / 20, kMinMargin, kMaxMargin);
}

RetryOptions MakeRetryOptions(const Config& config, Rpc rpc, const oauth::v1::RetryConfig* retries,
                              TimePoint started, TimePoint deadline, std::stop_token stop) {
  const bool create = rpc == Rpc::kCreateAuthCode;
  const Repeat exchange_repeat = config.exchange_recovery == ExchangeRecovery::kOnce
                                     ? Repeat::kOneRecovery
                                     : Repeat::kOnlyUnsent;
  RetryPolicy policy;
  policy.max_attempts = config.max_attempts;
  policy.initial_interval = config.initial_interval;
  policy.max_interval = config.max_interval;
  policy.exponent = config.backoff_exponent;
  policy.max_retry_after = config.max_retry_after;
  if (retries != nullptr) policy = ToRetryPolicy(*retries, std::move(policy));

  RetryOptions options;
  options.policy = std::move(policy);
  options.deadline = deadline;
  options.attempt_timeout = config.attempt_timeout;
  options.stop = std::move(stop);
  options.classify = create ? ClassifyCreate : ClassifyExchange;
  options.repeat = create ? Repeat::kHarmless : exchange_repeat;
  options.started = started;
  return options;
}

}  // namespace modelgates::gateway
