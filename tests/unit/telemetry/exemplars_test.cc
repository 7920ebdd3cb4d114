#include "telemetry/exemplars.h"

#include <absl/time/clock.h>
#include <absl/time/time.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

namespace modelgates::gateway {
namespace {

TraceContext Span(std::string_view flags = "01", char digit = 'a') {
  const std::string id(32, digit);
  return ParseTraceparent("00-" + id + "-" + id.substr(16) + "-" + std::string(flags));
}

TEST(SeriesExemplars, KeepTheNewestOfEachBucket) {
  SeriesExemplars series({0.1, 1});
  EXPECT_EQ(series.Newest(0), std::nullopt);
  const auto now = [] { return absl::ToDoubleSeconds(absl::Now() - absl::UnixEpoch()); };
  const double before = now();
  series.Record(0.1, Span("01", 'a'));
  series.Record(0.05, Span("01", 'b'));
  series.Record(7, Span("01", 'c'));
  ASSERT_TRUE(series.Newest(0));
  EXPECT_EQ(series.Newest(0)->span, Span("01", 'b'));
  EXPECT_EQ(series.Newest(0)->value, 0.05);
  EXPECT_GE(series.Newest(0)->at, before);
  EXPECT_LE(series.Newest(0)->at, now());
  EXPECT_EQ(series.Newest(1), std::nullopt);
  ASSERT_TRUE(series.Newest(2));
  EXPECT_EQ(series.Newest(2)->value, 7);
}

TEST(SeriesExemplars, LeaveOutWhatNobodyCanLookUp) {
  SeriesExemplars series({});
  series.Record(1, Span("00"));
  series.Record(1, TraceContext());
  EXPECT_EQ(series.Newest(0), std::nullopt);
}

TEST(SeriesExemplars, AreWholeWhileOthersRecord) {
  SeriesExemplars series({});
  std::vector<std::jthread> threads;
  for (const char digit : {'a', 'b'}) {
    threads.emplace_back([&series, digit] {
      for (int i = 0; i < 2'000; ++i) series.Record(digit, Span("01", digit));
    });
  }
  for (int i = 0; i < 2'000; ++i) {
    if (const auto newest = series.Newest(0)) {
      EXPECT_EQ(newest->span, Span("01", static_cast<char>(newest->value)));
    }
  }
}

TEST(Exemplars, FindASeriesByItsLabels) {
  Exemplars exemplars;
  SeriesExemplars& added = exemplars.Add("calls", {{"b", "2"}, {"a", "1"}});
  EXPECT_EQ(exemplars.Find("calls", {{"a", "1"}, {"b", "2"}}), &added);
  EXPECT_EQ(exemplars.Find("calls", {{"a", "1"}}), nullptr);
  EXPECT_EQ(exemplars.Find("calls", {{"a", "1"}, {"b", "3"}}), nullptr);
  EXPECT_EQ(exemplars.Find("others", {{"a", "1"}, {"b", "2"}}), nullptr);
}

}  // namespace
}  // namespace modelgates::gateway
