#pragma once

#include <cstdint>

#include "base/time.h"

namespace modelgates::gateway {

// Bounds what retries add to the load of an upstream that fails: a bucket of tokens, each good for
// one retry of any call. Retries are then a share of the calls, whatever each call's policy allows.
//
// With the defaults, at 50 calls a second or more, ten seconds of an outage see at most 1.2
// requests a call: 500 calls + 50 (10 %) + 30 (3 a second) + 10 (the capacity) are less than 600.
// What is left of that is room for waits of a second or two between a token and its request; the
// bound is not for an upstream that calls many callers back at one moment with a long Retry-After.
//
// Integers only, so that nothing drifts. Loop thread only.
class RetryBudget {
 public:
  struct Options {
    int percent = 10;  // of the calls that are sent; 0 to 100
    int min_rate = 3;  // retries a second beside, so that few calls can be tried again; 0 to 1,000
  };

  // What a quiet time saves up, in tokens: the longest burst of retries.
  static constexpr int kCapacity = 10;

  // Starts full.
  explicit RetryBudget(const Options& options);

  // A call is sent for the first time.
  void Deposit();

  // Takes a token for one retry; false: there is none, do not retry. A token is not given back when
  // its retry is not made after all (cancelled, refused by the breaker): the bound holds either
  // way, and the rate soon makes up for it.
  bool Take(TimePoint now);

  // 0 to kCapacity.
  double Tokens(TimePoint now) const;

 private:
  // In billionths of a token: a rate a second is the same number a nanosecond.
  int64_t SavedUp(TimePoint now) const;

  const int64_t deposit_;
  const int64_t min_rate_;
  int64_t saved_;
  TimePoint saved_at_{};
};

}  // namespace modelgates::gateway
