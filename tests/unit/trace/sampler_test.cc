#include "trace/sampler.h"

#include <gtest/gtest.h>

#include "trace/random_ids.h"

namespace modelgates::gateway {
namespace {

TraceContext Caller(const std::string& flags) {
  return ParseTraceparent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-" + flags);
}

TraceId IdEndingWith(const std::string& digits) {
  return ParseTraceparent("00-000000000000000f" + digits + "-b7ad6b7169203331-01").trace_id;
}

TEST(IsSampled, FollowsTheCallerWhenParentBased) {
  const TraceId id = Caller("01").trace_id;
  EXPECT_TRUE(IsSampled({.parent_based = true, .ratio = 0}, Caller("01"), id));
  EXPECT_FALSE(IsSampled({.parent_based = true, .ratio = 1}, Caller("00"), id));
  EXPECT_TRUE(IsSampled({.parent_based = false, .ratio = 1}, Caller("00"), id));
  EXPECT_FALSE(IsSampled({.parent_based = false, .ratio = 0}, Caller("01"), id));
  EXPECT_TRUE(IsSampled({.parent_based = true, .ratio = 1}, {}, id));
  EXPECT_FALSE(IsSampled({.parent_based = true, .ratio = 0}, {}, id));
}

// The last bit is not part of the number, as in the SDKs: all services of a trace agree.
TEST(IsSampled, ComparesTheRatioWithTheEndOfTheTraceId) {
  const Sampler half{.parent_based = false, .ratio = 0.5};
  EXPECT_TRUE(IsSampled(half, {}, IdEndingWith("0000000000000000")));
  EXPECT_TRUE(IsSampled(half, {}, IdEndingWith("7fffffffffff0000")));
  EXPECT_FALSE(IsSampled(half, {}, IdEndingWith("8000000000000000")));
  EXPECT_FALSE(IsSampled(half, {}, IdEndingWith("ffffffffffffffff")));
  EXPECT_FALSE(
      IsSampled({.parent_based = false, .ratio = 0}, {}, IdEndingWith("0000000000000000")));
}

TEST(IsSampled, TakesTheShareOfNewTraces) {
  RandomIds ids;
  int sampled = 0;
  for (int i = 0; i < 10'000; ++i) {
    sampled += IsSampled({.parent_based = true, .ratio = 0.25}, {}, ids.NewTraceId()) ? 1 : 0;
  }
  EXPECT_GT(sampled, 2'100);  // nine standard deviations from 2,500
  EXPECT_LT(sampled, 2'900);
}

TEST(RandomIds, AreLowerHexAndNew) {
  RandomIds ids;
  std::string before;
  for (int i = 0; i < 1'000; ++i) {
    const TraceId trace_id = ids.NewTraceId();
    const SpanId span_id = ids.NewSpanId();
    const std::string traceparent =
        "00-" + std::string(trace_id.text()) + "-" + std::string(span_id.text()) + "-01";
    EXPECT_TRUE(ParseTraceparent(traceparent).valid()) << traceparent;
    EXPECT_NE(traceparent, before);
    before = traceparent;
  }
}

}  // namespace
}  // namespace modelgates::gateway
