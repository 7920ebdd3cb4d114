#include "telemetry/recent_failures.h"

#include <gtest/gtest.h>

namespace modelgates::gateway {
namespace {

// Given a clock that is a second later at each look.
class RecentFailuresTest : public testing::Test {
 protected:
  void Add(std::string_view reason, std::string request_id) {
    failures_.Add({.reason = reason, .request_id = std::move(request_id)});
  }
  size_t Count(std::string_view reason) const {
    size_t count = 0;
    for (const RecentFailure& failure : failures_.Newest()) count += failure.reason == reason;
    return count;
  }

  int64_t seconds_ = 0;
  RecentFailures failures_{[this] { return absl::FromUnixSeconds(++seconds_); }};
};

TEST_F(RecentFailuresTest, AreTheNewestFirstWithTheirTime) {
  Add("FORBIDDEN", "request-1");
  Add("RATE_LIMITED", "request-2");
  const std::vector<RecentFailure> newest = failures_.Newest();
  ASSERT_EQ(newest.size(), 2u);
  EXPECT_EQ(newest[0].request_id, "request-2");
  EXPECT_EQ(newest[0].at, absl::FromUnixSeconds(2));
  EXPECT_EQ(newest[1].request_id, "request-1");
}

TEST_F(RecentFailuresTest, OfOneReasonAreTheLastTwenty) {
  for (int i = 1; i <= 100; ++i) Add("FORBIDDEN", std::to_string(i));
  const std::vector<RecentFailure> newest = failures_.Newest();
  ASSERT_EQ(newest.size(), RecentFailures::kMax);
  EXPECT_EQ(newest.front().request_id, "100");
  EXPECT_EQ(newest.back().request_id, "81");
}

TEST_F(RecentFailuresTest, OfAFloodHideNoOtherReason) {
  Add("EXCHANGE_OUTCOME_UNKNOWN", "rare");
  for (int i = 0; i < 100; ++i) Add("GATEWAY_OVERLOADED", "flood");
  for (int i = 0; i < 5; ++i) Add("FORBIDDEN", "few");
  EXPECT_EQ(Count("EXCHANGE_OUTCOME_UNKNOWN"), 1u);
  EXPECT_EQ(Count("FORBIDDEN"), 5u);
  EXPECT_EQ(Count("GATEWAY_OVERLOADED"), RecentFailures::kMax - 6);
}

}  // namespace
}  // namespace modelgates::gateway
