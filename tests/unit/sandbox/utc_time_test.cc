#include "sandbox/utc_time.h"

#include <gtest/gtest.h>

namespace modelgates::sandbox {
namespace {

using namespace std::chrono_literals;
using std::chrono::sys_days;

struct ParseCase {
  const char* name;
  const char* text;
  std::optional<UtcTime> time;
};

constexpr auto kDay = sys_days{2027y / 12 / 31};

class ParseUtcTest : public testing::TestWithParam<ParseCase> {};

TEST_P(ParseUtcTest, TakesTheDocumentedFormOnly) {
  EXPECT_EQ(ParseUtc(GetParam().text), GetParam().time);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, ParseUtcTest,
    testing::Values(ParseCase{"Seconds", "2027-12-31T23:59:59Z", kDay + 23h + 59min + 59s},
                    ParseCase{"Milliseconds", "2027-12-31T00:00:00.120Z", kDay + 120ms},
                    ParseCase{"CutsNanoseconds", "2027-12-31T00:00:00.000001999Z", kDay + 1us},
                    ParseCase{"LeapDay", "2028-02-29T00:00:00Z", sys_days{2028y / 2 / 29}},
                    ParseCase{"LastYear", "9999-12-31T00:00:00Z", sys_days{9999y / 12 / 31}},
                    ParseCase{"NoLeapDay", "2027-02-29T00:00:00Z", {}},
                    ParseCase{"MinutePrecision", "2027-12-31T23:59Z", {}},
                    ParseCase{"Offset", "2027-12-31T23:59:59+02:00", {}},
                    ParseCase{"NoZone", "2027-12-31T23:59:59", {}},
                    ParseCase{"LowerCase", "2027-12-31t23:59:59z", {}},
                    ParseCase{"EmptyFraction", "2027-12-31T23:59:59.Z", {}},
                    ParseCase{"TenDigits", "2027-12-31T23:59:59.0123456789Z", {}},
                    ParseCase{"NoDigit", "2027-12-31T23:59:59.1x3Z", {}},
                    ParseCase{"Hour24", "2027-12-31T24:00:00Z", {}},
                    ParseCase{"LeapSecond", "2027-12-31T23:59:60Z", {}},
                    ParseCase{"DateOnly", "2027-12-31", {}}, ParseCase{"Empty", "", {}}),
    [](const auto& row) { return row.param.name; });

TEST(FormatUtc, WritesTheDigitsAskedFor) {
  const UtcTime time = sys_days{2026y / 1 / 2} + 3h + 4min + 5s + 678901us;
  EXPECT_EQ(FormatUtc(time, Fraction::kMicroseconds), "2026-01-02T03:04:05.678901Z");
  EXPECT_EQ(FormatUtc(time, Fraction::kMilliseconds), "2026-01-02T03:04:05.678Z");
}

TEST(FormatHttpDate, IsTheExampleOfRfc9110) {
  EXPECT_EQ(FormatHttpDate(sys_days{1994y / 11 / 6} + 8h + 49min + 37s),
            "Sun, 06 Nov 1994 08:49:37 GMT");
}

}  // namespace
}  // namespace modelgates::sandbox
