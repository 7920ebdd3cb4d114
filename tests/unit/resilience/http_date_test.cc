#include "resilience/http_date.h"

#include <gtest/gtest.h>

#include <string>

namespace modelgates::gateway {
namespace {

struct Case {
  const char* name;
  const char* text;
  std::optional<int64_t> seconds;  // since 1970
};

void PrintTo(const Case& c, std::ostream* out) { *out << '"' << c.text << '"'; }

std::string Name(const testing::TestParamInfo<Case>& info) { return info.param.name; }

class HttpDateTest : public testing::TestWithParam<Case> {};

TEST_P(HttpDateTest, Parse) {
  const auto parsed = ParseHttpDate(GetParam().text);
  std::optional<int64_t> seconds;
  if (parsed) seconds = parsed->time_since_epoch().count();
  EXPECT_EQ(seconds, GetParam().seconds);
}

TEST(HttpDate, IsWrittenAsItIsRead) {
  for (const int64_t seconds : {784111777L, 0L, -1L, 1709208000L, 253402300799L}) {
    const std::chrono::sys_seconds time{std::chrono::seconds(seconds)};
    EXPECT_EQ(ParseHttpDate(ToHttpDate(time)), time);
  }
  EXPECT_EQ(ToHttpDate(std::chrono::sys_seconds(std::chrono::seconds(784111777))),
            "Sun, 06 Nov 1994 08:49:37 GMT");
}

INSTANTIATE_TEST_SUITE_P(
    All, HttpDateTest,
    testing::Values(
        // The three forms of RFC 9110, 5.6.7, with its own example.
        Case{"ImfFixdate", "Sun, 06 Nov 1994 08:49:37 GMT", 784111777},
        Case{"Rfc850", "Sunday, 06-Nov-94 08:49:37 GMT", 784111777},
        Case{"Asctime", "Sun Nov  6 08:49:37 1994", 784111777},
        Case{"AsctimeTwoDigitDay", "Wed Nov 16 08:49:37 1994", 784975777},
        Case{"Epoch", "Thu, 01 Jan 1970 00:00:00 GMT", 0},
        Case{"BeforeTheEpoch", "Wed, 31 Dec 1969 23:59:59 GMT", -1},
        Case{"FarAway", "Fri, 31 Dec 9999 23:59:59 GMT", 253402300799},
        // RFC 9110 asks for the century that is nearer than 50 years; abseil has that of POSIX.
        Case{"Rfc850LastYearOf20xx", "Monday, 31-Dec-68 00:00:00 GMT", 3124137600},
        Case{"Rfc850FirstYearOf19xx", "Wednesday, 31-Dec-69 23:59:59 GMT", -1},
        // abseil takes either name in each form.
        Case{"LongNames", "Sunday, 06 November 1994 08:49:37 GMT", 784111777},
        Case{"ShortWeekdayInRfc850", "Sun, 06-Nov-94 08:49:37 GMT", 784111777},
        Case{"LongNamesInAsctime", "Sunday November  6 08:49:37 1994", 784111777},
        // The calendar.
        Case{"LeapDay", "Thu, 29 Feb 2024 12:00:00 GMT", 1709208000},
        Case{"LeapDayOf2000", "Tue, 29 Feb 2000 00:00:00 GMT", 951782400},
        Case{"NoLeapDay", "Wed, 29 Feb 2023 12:00:00 GMT", {}},
        Case{"NoLeapDayOf1900", "Thu, 29 Feb 1900 12:00:00 GMT", {}},
        Case{"NoLeapDayOf2100", "Mon, 29 Feb 2100 12:00:00 GMT", {}},
        Case{"DayAfterLeapDay", "Fri, 01 Mar 2024 12:00:00 GMT", 1709294400},
        Case{"LeapSecond", "Sat, 31 Dec 2016 23:59:60 GMT", 1483228800},
        Case{"DayZero", "Sun, 00 Nov 1994 08:49:37 GMT", {}},
        Case{"Day31OfNovember", "Sun, 31 Nov 1994 08:49:37 GMT", {}},
        Case{"Hour24", "Sun, 06 Nov 1994 24:00:00 GMT", {}},
        Case{"Minute60", "Sun, 06 Nov 1994 08:60:37 GMT", {}},
        Case{"Second61", "Sun, 06 Nov 1994 08:49:61 GMT", {}},
        // A weekday that is wrong does no harm; one that is none means that we misread the text.
        Case{"WrongWeekday", "Mon, 06 Nov 1994 08:49:37 GMT", 784111777},
        Case{"NoWeekday", "Xyz, 06 Nov 1994 08:49:37 GMT", {}},
        Case{"WeekdayMissing", "06 Nov 1994 08:49:37 GMT", {}},
        // Not a form of RFC 9110.
        Case{"Empty", "", {}}, Case{"Blank", " ", {}}, Case{"WeekdayOnly", "Sun", {}},
        Case{"LongWeekdayOnly", "Sunday", {}}, Case{"Cut", "Sun, 06 Nov 1994 08:49", {}},
        Case{"WithoutZone", "Sun, 06 Nov 1994 08:49:37", {}},
        Case{"OtherZone", "Sun, 06 Nov 1994 08:49:37 PST", {}},
        Case{"NumericZone", "Sun, 06 Nov 1994 08:49:37 +0000", {}},
        Case{"TrailingText", "Sun, 06 Nov 1994 08:49:37 GMT, 5", {}},
        Case{"AsctimeWithZone", "Sun Nov  6 08:49:37 1994 GMT", {}},
        Case{"LowerCase", "sun, 06 nov 1994 08:49:37 gmt", {}},
        Case{"OneDigitDay", "Sun, 6 Nov 1994 08:49:37 GMT", {}},
        Case{"PaddedDay", "Sun,  6 Nov 1994 08:49:37 GMT", {}},
        Case{"NoMonth", "Sun, 06 Foo 1994 08:49:37 GMT", {}},
        Case{"NegativeYear", "Sun, 06 Nov -994 08:49:37 GMT", {}},
        Case{"FiveDigitYear", "Sun, 06 Nov 19940 08:49:37 GMT", {}},
        Case{"Rfc850FourDigitYear", "Sunday, 06-Nov-1994 08:49:37 GMT", {}},
        Case{"SpaceAround", " Sun, 06 Nov 1994 08:49:37 GMT", {}},
        Case{"TwoSpaces", "Sun, 06 Nov  1994 08:49:37 GMT", {}},
        Case{"Infinite", "infinite-future", {}}, Case{"Rfc3339", "1994-11-06T08:49:37Z", {}}),
    Name);

// Every prefix of a date, and every date with one character changed, is read or refused, never
// more.
TEST(HttpDate, DamagedDatesAreSafe) {
  for (const std::string date : {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
                                 "Sun Nov  6 08:49:37 1994"}) {
    for (size_t i = 0; i < date.size(); ++i) {
      EXPECT_FALSE(ParseHttpDate(date.substr(0, i))) << date.substr(0, i);
      for (const char c : {'\0', ' ', '0', '9', ':', '\xff'}) {
        std::string damaged = date;
        damaged[i] = c;
        ParseHttpDate(damaged);
      }
    }
  }
}

}  // namespace
}  // namespace modelgates::gateway
