#include "resilience/retry_budget.h"

#include <gtest/gtest.h>

#include <chrono>
#include <random>

namespace modelgates::gateway {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint kStart = TimePoint(1000h);

int TakeAll(RetryBudget& budget, TimePoint now) {
  int taken = 0;
  while (budget.Take(now)) ++taken;
  return taken;
}

void Deposit(RetryBudget& budget, int calls) {
  for (int i = 0; i < calls; ++i) budget.Deposit();
}

TEST(RetryBudget, StartsFull) {
  RetryBudget budget({});
  EXPECT_EQ(budget.Tokens(kStart), 10);
  EXPECT_EQ(TakeAll(budget, kStart), RetryBudget::kCapacity);
  EXPECT_EQ(budget.Tokens(kStart), 0);
}

TEST(RetryBudget, GrowsWithCalls) {
  RetryBudget budget({.percent = 10, .min_rate = 0});
  TakeAll(budget, kStart);
  Deposit(budget, 9);
  EXPECT_DOUBLE_EQ(budget.Tokens(kStart), 0.9);
  EXPECT_FALSE(budget.Take(kStart));
  Deposit(budget, 1);
  EXPECT_TRUE(budget.Take(kStart));
  EXPECT_FALSE(budget.Take(kStart));
}

TEST(RetryBudget, TakesNewOptionsAndKeepsWhatIsSavedUp) {
  RetryBudget budget({.percent = 0, .min_rate = 1});
  TakeAll(budget, kStart);
  budget.SetOptions({.percent = 50, .min_rate = 4}, kStart + 2s);
  EXPECT_DOUBLE_EQ(budget.Tokens(kStart + 2s), 2) << "by the old rate";
  EXPECT_DOUBLE_EQ(budget.Tokens(kStart + 3s), 6) << "by the new one";
  Deposit(budget, 2);
  EXPECT_DOUBLE_EQ(budget.Tokens(kStart + 3s), 7);
}

TEST(RetryBudget, AllowsEveryRetryWhileSwitchedOff) {
  RetryBudget budget({.percent = 0, .min_rate = 0});
  TakeAll(budget, kStart);
  budget.SetOptions({.percent = 0, .min_rate = 0, .enabled = false}, kStart);
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(budget.Take(kStart));
  budget.SetOptions({.percent = 0, .min_rate = 0}, kStart);
  EXPECT_FALSE(budget.Take(kStart));
}

TEST(RetryBudget, GrowsWithTime) {
  RetryBudget budget({.percent = 0, .min_rate = 3});
  TakeAll(budget, kStart);
  EXPECT_FALSE(budget.Take(kStart + 333ms));
  EXPECT_DOUBLE_EQ(budget.Tokens(kStart + 500ms), 1.5);
  EXPECT_TRUE(budget.Take(kStart + 500ms));
  EXPECT_DOUBLE_EQ(budget.Tokens(kStart + 500ms), 0.5);
  EXPECT_EQ(TakeAll(budget, kStart + 3s), 8) << "nine tokens in three seconds, one was taken";
}

// Exact whole tokens, however finely the time is cut.
TEST(RetryBudget, LosesNothingToRounding) {
  RetryBudget budget({.percent = 7, .min_rate = 3});
  TakeAll(budget, kStart);
  int taken = 0;
  for (int i = 1; i <= 10'000; ++i) {
    budget.Deposit();
    if (budget.Take(kStart + i * 1ms)) ++taken;
  }
  EXPECT_EQ(taken, 700 + 30);
}

TEST(RetryBudget, SavesUpNoMoreThanItsCapacity) {
  RetryBudget budget({.percent = 100, .min_rate = 1000});
  Deposit(budget, 1000);
  EXPECT_EQ(budget.Tokens(kStart + 24h), 10);
  EXPECT_EQ(TakeAll(budget, kStart + 24h), 10);
  Deposit(budget, 1000);
  EXPECT_EQ(TakeAll(budget, kStart + 24h), 10);
}

TEST(RetryBudget, IsFullAgainAfterAnyLongTime) {
  RetryBudget budget({.percent = 0, .min_rate = 1});
  TakeAll(budget, kStart);
  EXPECT_EQ(budget.Tokens(kStart + 10s), 10);
  EXPECT_EQ(budget.Tokens(kStart + 24h * 36500), 10);
}

TEST(RetryBudget, MayBeNothingButItsFirstTokens) {
  RetryBudget budget({.percent = 0, .min_rate = 0});
  EXPECT_EQ(TakeAll(budget, kStart), 10);
  Deposit(budget, 1000);
  EXPECT_EQ(TakeAll(budget, kStart + 24h), 0);
}

// Whatever the order of events: never more retries than deposits, time and capacity allow.
TEST(RetryBudget, HoldsItsBoundInEveryRandomSchedule) {
  for (uint32_t seed = 1; seed <= 200; ++seed) {
    std::mt19937 random(seed);
    const auto between = [&](int low, int high) {
      return std::uniform_int_distribution(low, high)(random);
    };
    const RetryBudget::Options options = {.percent = between(0, 100), .min_rate = between(0, 20)};
    RetryBudget budget(options);
    TimePoint now = kStart;
    int calls = 0;
    int taken = 0;
    for (int i = 0; i < 2000; ++i) {
      now += std::chrono::microseconds(between(0, 20'000));
      if (between(0, 1) == 0) {
        budget.Deposit();
        ++calls;
      } else if (budget.Take(now)) {
        ++taken;
      }
      const double seconds = std::chrono::duration<double>(now - kStart).count();
      const double bound =
          RetryBudget::kCapacity + calls * options.percent / 100.0 + seconds * options.min_rate;
      ASSERT_LE(taken, bound + 1e-6) << "seed " << seed;
    }
  }
}

}  // namespace
}  // namespace modelgates::gateway
