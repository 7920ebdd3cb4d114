#pragma once

#include <chrono>
#include <utility>

#include "resilience/retrier.h"

namespace modelgates::gateway {

// A wall clock that stands still: Sun, 06 Nov 1994 08:49:37 GMT.
inline std::chrono::sys_seconds ADateIn1994() {
  return std::chrono::sys_seconds(std::chrono::seconds(784111777));
}

class IgnoreAttempts final : public AttemptObserver {};

// Budget and circuit breaker as --noretry_budget and --nobreaker leave them.
struct NoLimits {
  RetryBudget budget{{.enabled = false}};
  CircuitBreaker breaker{{.enabled = false}, [] { return 0.5; }, nullptr};
};

// A retrier that only the call's own policy and deadline limit.
class UnlimitedRetrier final : private NoLimits, public Retrier {
 public:
  UnlimitedRetrier(EventLoop& loop, HttpTransport& transport, RandomSource random)
      : Retrier(loop, transport, std::move(random), budget, breaker, ADateIn1994) {}
};

}  // namespace modelgates::gateway
