#include "caller/caller_limits.h"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace modelgates::gateway {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Place = CallerLimits::Place;

constexpr size_t kManyCallers = 1024;

bool Entered(const std::variant<Place, CallerRefusal>& result) {
  return std::holds_alternative<Place>(result);
}

class CallerLimitsTest : public testing::Test {
 protected:
  // Nullopt: it is in, and ends at once.
  std::optional<CallerRefusal> Call(const std::string& caller, const CallerShare& share) {
    const auto result = limits_.Enter(caller, share, now_);
    if (Entered(result)) return std::nullopt;
    return std::get<CallerRefusal>(result);
  }
  int CountEntered(const std::string& caller, const CallerShare& share, int calls) {
    int entered = 0;
    for (int i = 0; i < calls; ++i) entered += Call(caller, share) ? 0 : 1;
    return entered;
  }

  CallerLimits limits_{kManyCallers};
  TimePoint now_{seconds(1000)};
};

TEST_F(CallerLimitsTest, AllowABurstOfOneSecond) {
  const CallerShare share{.rate = 10, .concurrent = {}};
  EXPECT_EQ(CountEntered("a", share, 100), 10);
  EXPECT_EQ(Call("a", share), CallerRefusal::kRate);
  now_ += milliseconds(100);
  EXPECT_EQ(CountEntered("a", share, 100), 1);
  now_ += milliseconds(350);
  EXPECT_EQ(CountEntered("a", share, 100), 3);
  now_ += milliseconds(50);
  EXPECT_EQ(CountEntered("a", share, 100), 1) << "the half token of before counts";
}

TEST_F(CallerLimitsTest, NameTheCallersThatUseMostOfTheirShare) {
  const CallerShare by_rate{.rate = 10, .concurrent = {}};
  const CallerShare by_both{.rate = 100, .concurrent = 4};
  EXPECT_EQ(CountEntered("idle", by_rate, 0), 0);
  EXPECT_EQ(CountEntered("half", by_rate, 5), 5);
  EXPECT_EQ(CountEntered("all", by_rate, 100), 10);
  EXPECT_EQ(CountEntered("free", CallerShare(), 100), 100);
  const auto held = limits_.Enter("held", by_both, now_);

  const std::vector<CallerLimits::Use> busiest = limits_.Busiest(10, now_);
  ASSERT_EQ(busiest.size(), 3u);
  EXPECT_EQ(busiest[0].caller, "all");
  EXPECT_DOUBLE_EQ(busiest[0].used, 1);
  EXPECT_EQ(busiest[1].caller, "half");
  EXPECT_DOUBLE_EQ(busiest[1].used, 0.5);
  EXPECT_EQ(busiest[1].share, by_rate);
  EXPECT_EQ(busiest[2].caller, "held");
  EXPECT_DOUBLE_EQ(busiest[2].used, 0.25) << "of its calls at once";
  EXPECT_EQ(busiest[2].calls, 1);

  ASSERT_EQ(limits_.Busiest(1, now_).size(), 1u);
  EXPECT_EQ(limits_.Busiest(1, now_)[0].caller, "all");
  now_ += seconds(1);
  ASSERT_EQ(limits_.Busiest(10, now_).size(), 1u) << "who does not call uses no rate";
  EXPECT_EQ(limits_.Busiest(10, now_)[0].caller, "held");
}

TEST_F(CallerLimitsTest, SaveNoMoreThanOneSecond) {
  const CallerShare share{.rate = 10, .concurrent = {}};
  EXPECT_EQ(CountEntered("a", share, 1), 1);
  now_ += seconds(3600);
  EXPECT_EQ(CountEntered("a", share, 100), 10);
}

TEST_F(CallerLimitsTest, CountEachCallerApart) {
  const CallerShare share{.rate = 2, .concurrent = {}};
  EXPECT_EQ(CountEntered("a", share, 200), 2);
  EXPECT_EQ(CountEntered("b", share, 2), 2);
}

TEST_F(CallerLimitsTest, BoundCallsAtOnceUntilTheyEnd) {
  const CallerShare share{.rate = {}, .concurrent = 2};
  auto first = limits_.Enter("a", share, now_);
  auto second = limits_.Enter("a", share, now_);
  ASSERT_TRUE(Entered(first) && Entered(second));
  EXPECT_EQ(Call("a", share), CallerRefusal::kConcurrent);
  EXPECT_EQ(Call("b", share), std::nullopt);
  std::get<Place>(first).GiveBack();
  EXPECT_EQ(CountEntered("a", share, 5), 5) << "one after the other";
  std::get<Place>(first).GiveBack();
  EXPECT_TRUE(Entered(limits_.Enter("a", share, now_))) << "given back once only";
}

// What is refused for one limit leaves the other as it was.
TEST_F(CallerLimitsTest, TakeNothingForARefusedCall) {
  const CallerShare share{.rate = 3, .concurrent = 1};
  auto first = limits_.Enter("a", share, now_);
  EXPECT_EQ(CountEntered("a", share, 50), 0);
  std::get<Place>(first).GiveBack();
  EXPECT_EQ(CountEntered("a", share, 50), 2);
  EXPECT_EQ(Call("a", share), CallerRefusal::kRate);
}

TEST_F(CallerLimitsTest, FollowAShareThatChanges) {
  EXPECT_EQ(CountEntered("a", {.rate = 10, .concurrent = {}}, 5), 5);
  EXPECT_EQ(CountEntered("a", {.rate = 2, .concurrent = {}}, 50), 2);
  now_ += seconds(1);
  EXPECT_EQ(CountEntered("a", {.rate = 4, .concurrent = {}}, 50), 4);
}

TEST_F(CallerLimitsTest, CountACallFromBeforeItsCallerHadALimit) {
  auto before = limits_.Enter("a", {.rate = 5, .concurrent = {}}, now_);
  EXPECT_EQ(Call("a", {.rate = {}, .concurrent = 1}), CallerRefusal::kConcurrent);
}

TEST_F(CallerLimitsTest, RememberNobodyWithoutLimits) {
  EXPECT_EQ(CountEntered("a", {}, 50), 50);
  EXPECT_EQ(limits_.callers(), 0U);
}

TEST_F(CallerLimitsTest, DoNotLetTimeGoBack) {
  const CallerShare share{.rate = 2, .concurrent = {}};
  EXPECT_EQ(CountEntered("a", share, 5), 2);
  now_ -= seconds(10);
  EXPECT_EQ(CountEntered("a", share, 5), 0);
  now_ += seconds(10);
  EXPECT_EQ(CountEntered("a", share, 5), 0);
}

TEST_F(CallerLimitsTest, RememberABoundedNumberOfCallers) {
  const CallerShare share{.rate = 1, .concurrent = {}};
  for (int i = 0; i < 100'000; ++i) {
    ASSERT_EQ(Call("address:" + std::to_string(i), share), std::nullopt);
  }
  EXPECT_LE(limits_.callers(), kManyCallers);
  EXPECT_GT(limits_.callers(), kManyCallers / 2);
}

// A stranger a call, as many as there is room for, and the ones who call in between.
TEST_F(CallerLimitsTest, ForgetTheLongestIdleFirst) {
  const CallerShare share{.rate = 1, .concurrent = 5};
  auto under_way = limits_.Enter("busy", share, now_);
  EXPECT_EQ(Call("eager", share), std::nullopt);
  EXPECT_EQ(Call("idle", share), std::nullopt);
  for (int i = 0; i < 100'000; ++i) {
    Call("stranger " + std::to_string(i), share);
    ASSERT_EQ(Call("eager", share), CallerRefusal::kRate);
  }
  EXPECT_EQ(Call("busy", share), CallerRefusal::kRate);
  EXPECT_EQ(Call("idle", share), std::nullopt) << "begins again";
}

TEST_F(CallerLimitsTest, RefuseOneMoreWhenAllAreBusy) {
  CallerLimits limits(1);  // a caller a shard
  const CallerShare share{.rate = {}, .concurrent = 5};
  std::vector<Place> busy;
  int refused = 0;
  for (int i = 0; i < 1000; ++i) {
    auto result = limits.Enter(std::to_string(i), share, now_);
    if (Entered(result)) {
      busy.push_back(std::move(std::get<Place>(result)));
    } else {
      EXPECT_EQ(std::get<CallerRefusal>(result), CallerRefusal::kCallers);
      ++refused;
    }
  }
  EXPECT_EQ(busy.size(), limits.callers());
  EXPECT_EQ(refused, 1000 - static_cast<int>(busy.size()));
  EXPECT_GT(refused, 900);
  busy.clear();
  EXPECT_TRUE(Entered(limits.Enter("one more", share, now_)));
}

TEST(CallerLimitsThreads, NeverLetTooManyInAtOnce) {
  constexpr int kThreads = 4;
  constexpr int kCalls = 5'000;
  constexpr int kConcurrent = 2;
  constexpr int kCallers = 40;  // more than are remembered, so that some are forgotten meanwhile
  CallerLimits limits(32);
  std::array<std::atomic<int>, kCallers> inside{};
  std::atomic<int> entered{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kCalls; ++i) {
        const int caller = (i * 7 + t) % kCallers;
        auto place = limits.Enter(std::to_string(caller), {.rate = 1e6, .concurrent = kConcurrent},
                                  TimePoint(seconds(i)));
        if (!Entered(place)) continue;
        EXPECT_LE(++inside[static_cast<size_t>(caller)], kConcurrent);
        ++entered;
        std::this_thread::yield();
        --inside[static_cast<size_t>(caller)];
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_GT(entered, 0);
  EXPECT_LE(limits.callers(), 32U);
}

}  // namespace
}  // namespace modelgates::gateway
