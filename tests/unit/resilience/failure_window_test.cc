#include "resilience/failure_window.h"

#include <gtest/gtest.h>

#include <chrono>
#include <deque>
#include <random>

namespace modelgates::gateway {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint kStart = TimePoint(1000h);

class FailureWindowTest : public testing::Test {
 protected:
  void Add(bool failed, Duration at) { window_.Add(failed, kStart + at); }
  void ExpectCounts(uint32_t attempts, uint32_t failures) const {
    EXPECT_EQ(window_.counts().attempts, attempts);
    EXPECT_EQ(window_.counts().failures, failures);
  }

  FailureWindow window_{10s};
};

TEST_F(FailureWindowTest, CountsAttemptsAndFailures) {
  ExpectCounts(0, 0);
  Add(true, 0s);
  Add(false, 1s);
  Add(true, 9s);
  ExpectCounts(3, 2);
}

TEST_F(FailureWindowTest, ForgetsWhatIsOlderThanTheWindow) {
  Add(true, 0s);
  Add(false, 500ms);
  Add(false, 9999ms);
  ExpectCounts(3, 1);
  Add(false, 10s);
  ExpectCounts(2, 0);
  Add(false, 19999ms);
  ExpectCounts(2, 0);
}

TEST_F(FailureWindowTest, KeepsAllSlotsApart) {
  for (int second = 0; second < 10; ++second) Add(true, second * 1s);
  ExpectCounts(10, 10);
  for (int second = 10; second < 20; ++second) {
    Add(false, second * 1s);
    ExpectCounts(10, static_cast<uint32_t>(19 - second));
  }
}

TEST_F(FailureWindowTest, IsEmptyAfterAPause) {
  Add(true, 0s);
  Add(true, 24h);
  ExpectCounts(1, 1);
}

TEST_F(FailureWindowTest, CanBeReset) {
  Add(true, 3s);
  window_.Reset();
  ExpectCounts(0, 0);
  Add(true, 3s);
  ExpectCounts(1, 1);
  Add(false, 13s);
  ExpectCounts(1, 0);
}

// Against a list of everything that happened.
TEST_F(FailureWindowTest, AgreesWithAListInEveryRandomSchedule) {
  for (uint32_t seed = 1; seed <= 20; ++seed) {
    std::mt19937 random(seed);
    FailureWindow window(10s);
    std::deque<std::pair<TimePoint, bool>> list;
    TimePoint now = kStart;
    for (int i = 0; i < 1000; ++i) {
      const int most = random() % 50 == 0 ? 30'000 : 300;
      now += std::chrono::milliseconds(random() % static_cast<uint32_t>(most));
      const bool failed = random() % 2 == 0;
      window.Add(failed, now);
      list.emplace_back(now, failed);
      while (now - list.front().first >= 10s) list.pop_front();

      uint32_t surely = 0;
      uint32_t failures = 0;
      for (const auto& [at, did_fail] : list) {
        if (now - at <= 9s) ++surely;
        if (did_fail) ++failures;
      }
      ASSERT_GE(window.counts().attempts, surely) << "seed " << seed;
      ASSERT_LE(window.counts().attempts, list.size()) << "seed " << seed;
      ASSERT_LE(window.counts().failures, failures) << "seed " << seed;
    }
  }
}

}  // namespace
}  // namespace modelgates::gateway
