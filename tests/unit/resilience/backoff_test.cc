#include "resilience/backoff.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

namespace modelgates::gateway {
namespace {

using std::chrono::milliseconds;
using namespace std::chrono_literals;

constexpr double kAlmostOne = 0.9999999999999999;

struct Case {
  const char* name;
  RetryPolicy policy;
  double random;
  std::vector<Duration> waits;  // before retry 0, 1, ...
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

RetryPolicy Policy(milliseconds initial, milliseconds max, double exponent, milliseconds jitter) {
  RetryPolicy policy;
  policy.initial_interval = initial;
  policy.max_interval = max;
  policy.exponent = exponent;
  policy.jitter = jitter;
  return policy;
}

std::string Name(const testing::TestParamInfo<Case>& info) { return info.param.name; }

class BackoffTest : public testing::TestWithParam<Case> {};

TEST_P(BackoffTest, Sequence) {
  const Case& c = GetParam();
  std::vector<Duration> waits;
  for (size_t n = 0; n < c.waits.size(); ++n) {
    waits.push_back(BackoffDelay(c.policy, static_cast<int>(n), c.random));
  }
  EXPECT_EQ(waits, c.waits);
}

INSTANTIATE_TEST_SUITE_P(
    All, BackoffTest,
    testing::Values(
        // REST contract, section 5: min(0.5 * 1.5^n + U(0,1), 60) seconds.
        Case{"SdkWithoutChance", RetryPolicy(), 0, {500ms, 750ms, 1125ms, 1687500us, 2531250us}},
        Case{"SdkHalfChance", RetryPolicy(), 0.5, {1000ms, 1250ms, 1625ms, 2187500us, 3031250us}},
        Case{"JitterComesAfterGrowth", Policy(100ms, 60s, 2, 1s), 0.25, {350ms, 450ms, 650ms}},
        Case{"JitterIsCappedToo", Policy(900ms, 1s, 2, 1s), 0.5, {1s, 1s, 1s}},
        Case{"NoJitter", Policy(100ms, 60s, 2, 0ms), 0.9, {100ms, 200ms, 400ms, 800ms, 1600ms}},
        Case{"ExponentOne", Policy(100ms, 60s, 1, 0ms), 0, {100ms, 100ms, 100ms}},
        Case{"MaxInterval", Policy(100ms, 250ms, 2, 0ms), 0, {100ms, 200ms, 250ms, 250ms}},
        // Values that a caller may set and that must not spin.
        Case{"ZeroInitialInterval", Policy(0ms, 60s, 2, 0ms), 0, {10ms, 20ms, 40ms}},
        Case{"ZeroMaxInterval", Policy(500ms, 0ms, 1.5, 1s), 0.5, {10ms, 10ms, 10ms}},
        Case{"AllZero", Policy(0ms, 0ms, 0, 0ms), 0, {10ms, 10ms, 10ms}},
        // Values that validation refuses.
        Case{"ExponentBelowOne", Policy(100ms, 60s, 0.1, 0ms), 0, {100ms, 100ms, 100ms}},
        Case{"ExponentNan", Policy(100ms, 60s, std::nan(""), 0ms), 0, {100ms, 100ms, 100ms}},
        Case{"ExponentInfinite",
             Policy(100ms, 60s, std::numeric_limits<double>::infinity(), 0ms),
             0,
             {100ms, 60s, 60s}},
        Case{"EverythingNegative", Policy(-5s, -1s, -2, -1s), 0.5, {10ms, 10ms}},
        Case{"NegativeJitter", Policy(100ms, 60s, 2, -1s), 0.5, {100ms, 200ms}},
        Case{"EverythingHuge",
             Policy(milliseconds::max(), milliseconds::max(), std::numeric_limits<double>::max(),
                    milliseconds::max()),
             kAlmostOne,
             {kLongestWait, kLongestWait, kLongestWait}}),
    Name);

TEST(Backoff, StaysWithinTheContractsBoundsForEveryRetry) {
  const RetryPolicy policy;
  for (int n = 0; n < 100; ++n) {
    const double base = 500 * std::pow(1.5, n);
    for (const double random : {0.0, 0.1, 0.5, kAlmostOne}) {
      const std::chrono::duration<double, std::milli> wait = BackoffDelay(policy, n, random);
      EXPECT_NEAR(wait.count(), std::min(base + 1000 * random, 60000.0), 0.001) << n;
    }
  }
}

TEST(Backoff, ExtremeRetryNumbersAreSafe) {
  EXPECT_EQ(BackoffDelay({}, std::numeric_limits<int>::max(), 0.5), 60s);
  EXPECT_EQ(BackoffDelay({}, std::numeric_limits<int>::min(), 0.5), 1s);
}

}  // namespace
}  // namespace modelgates::gateway
