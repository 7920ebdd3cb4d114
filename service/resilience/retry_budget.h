#pragma once

#include <cstdint>

#include "base/time.h"

namespace modelgates::gateway {

// Bounds the load that retries add to a failing upstream: a token bucket in which each token allows
// one retry of any call. So retries are a share of the calls, independent of the policy of each
// call.
//
// With the defaults and at least 50 calls per second, any ten seconds of an outage have at most 1.2
// requests per call: 500 calls + 50 (10 %) + 30 (3 per second) + 10 (the capacity) are less than
// 600. The rest allows for waits of a second or two between a token and its request. The bound does
// not hold if an upstream asks many calls, by a long Retry-After, to come back at the same moment.
//
// Integer arithmetic, without rounding errors. Loop thread only.
class RetryBudget {
 public:
  struct Options {
    int percent = 10;     // of the calls that are sent; 0 to 100
    int min_rate = 3;     // retries per second in addition; 0 to 1,000
    bool enabled = true;  // false: every retry is allowed
  };

  // Most tokens that are saved up: the longest burst of retries.
  static constexpr int kCapacity = 10;

  // Starts full.
  explicit RetryBudget(const Options& options);

  // Replaces the options from now on; what is saved up stays.
  void SetOptions(const Options& options, TimePoint now);

  // Counts the first attempt of a call.
  void Deposit();

  // Takes a token for one retry; false: there is none, do not retry. The token is not returned if
  // the retry is not made (cancelled, refused by the breaker).
  bool Take(TimePoint now);

  // 0 to kCapacity.
  double Tokens(TimePoint now) const;

 private:
  // In billionths of a token, so a rate per second is the same number per nanosecond.
  int64_t SavedUp(TimePoint now) const;

  Options options_;
  int64_t saved_;
  TimePoint saved_at_{};
};

}  // namespace modelgates::gateway
