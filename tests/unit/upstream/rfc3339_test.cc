#include "upstream/rfc3339.h"

#include <google/protobuf/util/time_util.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <string>

namespace modelgates::gateway {
namespace {

using google::protobuf::Timestamp;
using google::protobuf::util::TimeUtil;

Timestamp At(int64_t seconds, int32_t nanos = 0) {
  Timestamp time;
  time.set_seconds(seconds);
  time.set_nanos(nanos);
  return time;
}

constexpr int64_t kFirst = -62'135'596'800;
constexpr int64_t kLast = 253'402'300'799;

struct FormatCase {
  const char* name;
  int64_t seconds;
  int32_t nanos;
  std::string text;
};

class Formatting : public testing::TestWithParam<FormatCase> {};
TEST_P(Formatting, IsTheSameInstant) {
  const Timestamp time = At(GetParam().seconds, GetParam().nanos);
  EXPECT_EQ(Rfc3339Text(time).view(), GetParam().text);
}
INSTANTIATE_TEST_SUITE_P(
    Rfc3339, Formatting,
    testing::Values(
        FormatCase{"Whole", 1830297599, 0, "2027-12-31T23:59:59Z"},
        FormatCase{"Micros", 1830297599, 123'456'000, "2027-12-31T23:59:59.123456Z"},
        FormatCase{"TrailingZeros", 1830297599, 120'000'000, "2027-12-31T23:59:59.120000Z"},
        FormatCase{"OneMicro", 1830297599, 1'000, "2027-12-31T23:59:59.000001Z"},
        FormatCase{"OneNano", 1830297599, 1, "2027-12-31T23:59:59.000000001Z"},
        FormatCase{"NeverRoundedUp", 1830297599, 999'999'999, "2027-12-31T23:59:59.999999999Z"},
        FormatCase{"YearOne", kFirst, 0, "0001-01-01T00:00:00Z"},
        FormatCase{"Year9999", kLast, 0, "9999-12-31T23:59:59Z"},
        FormatCase{"BeforeEpoch", -1, 500'000'000, "1969-12-31T23:59:59.500000Z"},
        FormatCase{"LeapDay", 951'782'400, 0, "2000-02-29T00:00:00Z"},
        FormatCase{"ClampedLow", INT64_MIN, -1, "0001-01-01T00:00:00Z"},
        FormatCase{"ClampedHigh", INT64_MAX, INT32_MAX, "9999-12-31T23:59:59.999999999Z"}),
    [](const auto& row) { return row.param.name; });

struct ParseCase {
  const char* name;
  std::string text;
  int64_t seconds;
  int32_t nanos = 0;
};

class Parsing : public testing::TestWithParam<ParseCase> {};
TEST_P(Parsing, GivesUtc) {
  const auto time = ParseRfc3339(GetParam().text);
  ASSERT_TRUE(time);
  EXPECT_EQ(time->seconds(), GetParam().seconds);
  EXPECT_EQ(time->nanos(), GetParam().nanos);
}
INSTANTIATE_TEST_SUITE_P(
    Rfc3339, Parsing,
    testing::Values(ParseCase{"Whole", "2027-12-31T23:59:59Z", 1830297599},
                    ParseCase{"Millis", "2026-11-23T06:00:00.250Z", 1795413600, 250'000'000},
                    ParseCase{"OneDigit", "2027-12-31T23:59:59.5Z", 1830297599, 500'000'000},
                    ParseCase{"NineDigits", "2027-12-31T23:59:59.123456789Z", 1830297599,
                              123'456'789},
                    ParseCase{"MoreDigitsAreCut", "2027-12-31T23:59:59.9999999999999Z", 1830297599,
                              999'999'999},
                    ParseCase{"LowerCase", "2027-12-31t23:59:59z", 1830297599},
                    ParseCase{"East", "2027-12-31T23:59:59+02:00", 1830297599 - 7200},
                    ParseCase{"West", "2027-12-31T23:59:59-05:30", 1830297599 + 19800},
                    ParseCase{"UnknownOffset", "2027-12-31T23:59:59-00:00", 1830297599},
                    ParseCase{"LeapSecond", "2016-12-31T23:59:60Z", 1483228800},
                    ParseCase{"LeapSecondElsewhere", "2017-01-01T08:59:60+09:00", 1483228800},
                    ParseCase{"First", "0001-01-01T00:00:00Z", kFirst},
                    ParseCase{"YearZeroThatIsYearOneInUtc", "0000-12-31T23:00:00-01:00", kFirst},
                    ParseCase{"Last", "9999-12-31T23:59:59.999999999Z", kLast, 999'999'999}),
    [](const auto& row) { return row.param.name; });

TEST(ParseRfc3339, RefusesEverythingElse) {
  for (const char* text : {"",
                           "not a date",
                           "2027-12-31",
                           "2027-12-31T23:59:59",
                           "2027-12-31T23:59Z",
                           "2027-12-31 23:59:59Z",
                           "2027-12-31T23:59:59.Z",
                           "2027-12-31T23:59:59,5Z",
                           "2027-02-29T00:00:00Z",
                           "2027-13-01T00:00:00Z",
                           "2027-00-01T00:00:00Z",
                           "2027-01-00T00:00:00Z",
                           "2027-01-01T24:00:00Z",
                           "2027-01-01T00:60:00Z",
                           "2027-01-01T00:00:61Z",
                           "2027-01-01T12:00:60Z",
                           "2027-12-31T23:59:59+2:00",
                           "2027-12-31T23:59:59+0200",
                           "2027-12-31T23:59:59+24:00",
                           "2027-12-31T23:59:59+00:60",
                           "2027-12-31T23:59:59ZZ",
                           "2027-12-31T23:59:59Z ",
                           " 2027-12-31T23:59:59Z",
                           "+2027-12-31T23:59:59Z",
                           "12027-12-31T23:59:59Z",
                           "202a-12-31T23:59:59Z",
                           "0001-01-01T00:00:00+00:01",
                           "9999-12-31T23:59:59-00:01",
                           "9999-12-31T23:59:60Z",
                           "1795413600",
                           "2027-12-31T23:59:59+02:00Z"}) {
    EXPECT_FALSE(ParseRfc3339(text)) << text;
  }
}

// Given any instant, protobuf's own reading of our text and our reading of protobuf's are the same.
TEST(Rfc3339, AgreesWithProtobuf) {
  std::mt19937_64 random(5);
  for (int round = 0; round < 20'000; ++round) {
    const auto range = static_cast<uint64_t>(kLast - kFirst + 1);
    const Timestamp time = At(kFirst + static_cast<int64_t>(random() % range),
                              static_cast<int32_t>(random() % 1'000'000'000));
    Timestamp read;
    ASSERT_TRUE(TimeUtil::FromString(std::string(Rfc3339Text(time).view()), &read));
    ASSERT_EQ(read, time);
    const auto parsed = ParseRfc3339(TimeUtil::ToString(time));
    ASSERT_TRUE(parsed);
    ASSERT_EQ(*parsed, time);
  }
}

TEST(ParseRfc3339, SurvivesChangedBytes) {
  std::mt19937 random(29);
  for (int round = 0; round < 100'000; ++round) {
    std::string text = "2027-12-31T23:59:59.123+02:00";
    text[random() % text.size()] = static_cast<char>(random());
    text.resize(random() % (text.size() + 1));
    if (const auto time = ParseRfc3339(text)) {
      EXPECT_GE(time->seconds(), kFirst);
    }
  }
}

}  // namespace
}  // namespace modelgates::gateway
