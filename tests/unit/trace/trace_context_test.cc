#include "trace/trace_context.h"

#include <gtest/gtest.h>

namespace modelgates::gateway {
namespace {

constexpr char kTrace[] = "0af7651916cd43dd8448eb211c80319c";
constexpr char kSpan[] = "b7ad6b7169203331";

std::string Parent(const std::string& version, const std::string& trace, const std::string& span,
                   const std::string& rest = "-01") {
  return version + "-" + trace + "-" + span + rest;
}

struct TraceCase {
  std::string name;
  std::string traceparent;
  bool valid;
};

class TraceparentTest : public testing::TestWithParam<TraceCase> {};

TEST_P(TraceparentTest, IsReadOrIgnored) {
  const TraceContext context = ParseTraceparent(GetParam().traceparent);
  EXPECT_EQ(context.valid(), GetParam().valid);
  EXPECT_EQ(context.trace_id.text(), GetParam().valid ? kTrace : "");
  EXPECT_EQ(context.span_id.text(), GetParam().valid ? kSpan : "");
}

INSTANTIATE_TEST_SUITE_P(
    Parents, TraceparentTest,
    testing::Values(
        TraceCase{"Sampled", Parent("00", kTrace, kSpan), true},
        TraceCase{"NotSampled", Parent("00", kTrace, kSpan, "-00"), true},
        TraceCase{"LaterVersion", Parent("01", kTrace, kSpan), true},
        TraceCase{"LaterVersionLonger", Parent("cc", kTrace, kSpan, "-01-more"), true},
        TraceCase{"LaterVersionNoDash", Parent("cc", kTrace, kSpan, "-01more"), false},
        TraceCase{"Version00Longer", Parent("00", kTrace, kSpan, "-01-more"), false},
        TraceCase{"VersionFf", Parent("ff", kTrace, kSpan), false},
        TraceCase{"VersionUpperCase", Parent("0A", kTrace, kSpan), false},
        TraceCase{"ZeroTrace", Parent("00", std::string(32, '0'), kSpan), false},
        TraceCase{"ZeroSpan", Parent("00", kTrace, std::string(16, '0')), false},
        TraceCase{"UpperCaseTrace", Parent("00", "0AF7651916CD43DD8448EB211C80319C", kSpan), false},
        TraceCase{"NotHex", Parent("00", std::string(32, 'g'), kSpan), false},
        TraceCase{"BadFlags", Parent("00", kTrace, kSpan, "-0x"), false},
        TraceCase{"ShortSpan", Parent("00", kTrace, "b7ad6b71692033", "-0101"), false},
        TraceCase{"Cut", Parent("00", kTrace, kSpan, "-0"), false},
        TraceCase{"OtherSeparator", "00_" + std::string(kTrace) + "_" + kSpan + "_01", false},
        TraceCase{"Empty", "", false}, TraceCase{"Dashes", std::string(55, '-'), false},
        TraceCase{"Injection", std::string(60, '\n'), false}),
    [](const auto& row) { return row.param.name; });

struct FlagCase {
  std::string name;
  std::string flags;
  bool sampled;
};

class TraceFlagTest : public testing::TestWithParam<FlagCase> {};

// Only the lowest bit is known; others are for later versions.
TEST_P(TraceFlagTest, SaysWhetherTheCallerSamples) {
  const TraceContext context = ParseTraceparent(Parent("00", kTrace, kSpan, GetParam().flags));
  ASSERT_TRUE(context.valid());
  EXPECT_EQ(context.sampled, GetParam().sampled);
}

INSTANTIATE_TEST_SUITE_P(
    Flags, TraceFlagTest,
    testing::Values(FlagCase{"None", "-00", false}, FlagCase{"Sampled", "-01", true},
                    FlagCase{"RandomOnly", "-02", false}, FlagCase{"Both", "-03", true},
                    FlagCase{"Letter", "-0a", false}, FlagCase{"OddLetter", "-0b", true},
                    FlagCase{"All", "-ff", true}, FlagCase{"HighOnly", "-80", false}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace modelgates::gateway
