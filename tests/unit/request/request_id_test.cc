#include "request/request_id.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace modelgates::gateway {
namespace {

struct IdCase {
  std::string name;
  std::string from_caller;
  bool kept;
};

class RequestIdTest : public testing::TestWithParam<IdCase> {};

TEST_P(RequestIdTest, IsTheCallersWhenItIsSane) {
  absl::BitGen random;
  const std::string id = ToRequestId(GetParam().from_caller, random);
  if (GetParam().kept) {
    EXPECT_EQ(id, GetParam().from_caller);
  } else {
    EXPECT_THAT(id, testing::MatchesRegex("[0-9a-f]{32}"));
    EXPECT_NE(id, GetParam().from_caller);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Ids, RequestIdTest,
    testing::Values(IdCase{"Uuid", "123e4567-e89b-12d3-a456-426614174000", true},
                    IdCase{"Alphabet", "AZaz09._-", true}, IdCase{"OneCharacter", "a", true},
                    IdCase{"Longest", std::string(128, 'a'), true},
                    IdCase{"TooLong", std::string(129, 'a'), false}, IdCase{"Empty", "", false},
                    IdCase{"LoadBalancer", "Root=1-67891233-abcdef012345678912345678", true},
                    IdCase{"Colon", "a:b", true}, IdCase{"CloudTrace", "trace/1;o=1", true},
                    IdCase{"QuoteAndBackslash", "a\"b\\", true},
                    IdCase{"FirstAndLastVisible", "!~", true}, IdCase{"Space", "a b", false},
                    IdCase{"SpaceAround", " a ", false}, IdCase{"Tab", "a\tb", false},
                    IdCase{"Delete", "a\x7f", false}, IdCase{"LineEnd", "a\n", false},
                    IdCase{"Nul", std::string("a\0", 2), false},
                    IdCase{"NonAscii", "\u00e4", false}),
    [](const auto& row) { return row.param.name; });

TEST(RequestId, IsNewForEachCall) {
  absl::BitGen random;
  std::set<std::string> ids;
  for (int i = 0; i < 1000; ++i) ids.insert(ToRequestId("", random));
  EXPECT_EQ(ids.size(), 1000u);
}

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
  EXPECT_EQ(context.trace_id, GetParam().valid ? kTrace : "");
  EXPECT_EQ(context.span_id, GetParam().valid ? kSpan : "");
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

}  // namespace
}  // namespace modelgates::gateway
