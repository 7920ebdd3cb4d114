#include <gtest/gtest.h>

#include <string>

#include "resilience/backoff.h"

namespace modelgates::gateway {
namespace {

using std::chrono::milliseconds;
using namespace std::chrono_literals;

constexpr const char* kDate = "Thu, 29 Feb 2024 23:59:58 GMT";

struct Case {
  const char* name;
  std::string retry_after;
  std::optional<milliseconds> wait;
  std::string retry_after_ms = "";
  std::string date = kDate;
  int http_status = 503;
};

void PrintTo(const Case& c, std::ostream* out) {
  *out << "Retry-After: " << c.retry_after << ", retry-after-ms: " << c.retry_after_ms
       << ", Date: " << c.date << ", status " << c.http_status;
}

class RetryAfterTest : public testing::TestWithParam<Case> {};

TEST_P(RetryAfterTest, Parse) {
  const Case& c = GetParam();
  HttpResponse response;
  response.status = c.http_status;
  response.retry_after = c.retry_after;
  response.retry_after_ms = c.retry_after_ms;
  response.date = c.date;
  EXPECT_EQ(ParseRetryAfter(response), c.wait);
}

std::string Name(const testing::TestParamInfo<Case>& info) { return info.param.name; }

INSTANTIATE_TEST_SUITE_P(
    Seconds, RetryAfterTest,
    testing::Values(
        Case{"One", "1", 1s}, Case{"Fraction", "2.5", 2500ms}, Case{"Exact", "1.1", 1100ms},
        Case{"LeadingZeros", "007", 7s}, Case{"NoIntegerPart", ".5", 500ms},
        Case{"NoFraction", "5.", 5s}, Case{"RoundedToMilliseconds", "1.23456", 1235ms},
        Case{"HalfAMillisecond", "0.0005", 1ms}, Case{"UnderHalfAMillisecond", "0.00049999", {}},
        Case{"Zero", "0", {}}, Case{"ZeroFraction", "0.0", {}}, Case{"Negative", "-1", {}},
        Case{"NegativeZero", "-0", {}}, Case{"Plus", "+1", {}}, Case{"Absent", "", {}},
        Case{"Word", "abc", {}}, Case{"Nan", "nan", {}}, Case{"Inf", "inf", {}},
        Case{"Infinity", "Infinity", {}}, Case{"NegativeInf", "-inf", {}},
        Case{"ScientificNotation", "1e3", {}}, Case{"Hex", "0x10", {}}, Case{"Unit", "1s", {}},
        Case{"Point", ".", {}}, Case{"TwoPoints", "1.2.3", {}}, Case{"Comma", "1,5", {}},
        Case{"Repeated", "1, 2", {}}, Case{"Spaces", " 1 ", {}}, Case{"Underscore", "1_000", {}},
        Case{"NonAscii", "\xd9\xa1", {}}, Case{"Nul", std::string("1\0", 2), {}},
        Case{"AYear", "31536000", kLongestWait}, Case{"MoreThanAYear", "31536001", kLongestWait},
        Case{"Int64Overflow", "9223372036854775808", kLongestWait},
        Case{"FourHundredDigits", std::string(400, '9'), kLongestWait},
        Case{"FourHundredZerosAndOne", std::string(400, '0') + "1", 1s},
        Case{"FourHundredDecimals", "1." + std::string(400, '0') + "9", 1s}),
    Name);

INSTANTIATE_TEST_SUITE_P(
    Date, RetryAfterTest,
    testing::Values(Case{"ImfFixdate", "Fri, 01 Mar 2024 00:00:01 GMT", 3s},
                    Case{"Rfc850", "Friday, 01-Mar-24 00:00:01 GMT", 3s},
                    Case{"Asctime", "Fri Mar  1 00:00:01 2024", 3s},
                    Case{"DateInAnotherForm", "Fri, 01 Mar 2024 00:00:01 GMT", 3s, "",
                         "Thu Feb 29 23:59:58 2024"},
                    Case{"AcrossAYearWithoutLeapDay", "Wed, 01 Mar 2023 00:00:00 GMT", 86400s, "",
                         "Tue, 28 Feb 2023 00:00:00 GMT"},
                    Case{"Equal", kDate, {}}, Case{"Past", "Thu, 29 Feb 2024 23:59:57 GMT", {}},
                    Case{"WithoutDate", "Fri, 01 Mar 2024 00:00:01 GMT", {}, "", ""},
                    Case{"UnusableDate", "Fri, 01 Mar 2024 00:00:01 GMT", {}, "", "yesterday"},
                    Case{"WithoutZone", "Fri, 01 Mar 2024 00:00:01", {}},
                    Case{"NoSuchDay", "Fri, 30 Feb 2024 00:00:01 GMT", {}},
                    Case{"FarAway", "Fri, 31 Dec 9999 23:59:59 GMT", kLongestWait, "",
                         "Sat, 01 Jan 0000 00:00:00 GMT"}),
    Name);

INSTANTIATE_TEST_SUITE_P(
    Milliseconds, RetryAfterTest,
    testing::Values(Case{"Alone", "", 1500ms, "1500"}, Case{"WinsOverSeconds", "9", 1500ms, "1500"},
                    Case{"WinsOverDate", "Fri, 01 Mar 2024 00:00:01 GMT", 20ms, "20"},
                    Case{"ZeroWinsToo", "9", {}, "0"}, Case{"Fraction", "9", 2ms, "1.5"},
                    Case{"UnderHalf", "9", {}, "0.49"}, Case{"Negative", "9", 9s, "-1"},
                    Case{"Garbage", "9", 9s, "soon"}, Case{"Nan", "9", 9s, "nan"},
                    Case{"Inf", "9", 9s, "inf"},
                    Case{"Date", "9", 9s, "Fri, 01 Mar 2024 00:00:01 GMT"},
                    Case{"Huge", "9", kLongestWait, "99999999999999999999999999"}),
    Name);

INSTANTIATE_TEST_SUITE_P(Status, RetryAfterTest,
                         testing::Values(Case{"Ok", "1", {}, "1", kDate, 200},
                                         Case{"Created", "1", {}, "1", kDate, 201},
                                         Case{"Redirect", "1", {}, "1", kDate, 302},
                                         Case{"BadRequest", "1", 1s, "", kDate, 400},
                                         Case{"TooManyRequests", "1", 1s, "", kDate, 429},
                                         Case{"Last", "1", 1s, "", kDate, 599},
                                         Case{"None", "1", {}, "1", kDate, 600}),
                         Name);

}  // namespace
}  // namespace modelgates::gateway
