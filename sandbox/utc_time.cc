#include "sandbox/utc_time.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace modelgates::sandbox {
namespace {

using std::chrono::days;
using std::chrono::hh_mm_ss;
using std::chrono::microseconds;
using std::chrono::weekday;
using std::chrono::year_month_day;

constexpr std::string_view kShape = "dddd-dd-ddTdd:dd:dd";

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool HasShape(std::string_view text) {
  return std::equal(text.begin(), text.end(), kShape.begin(), kShape.end(),
                    [](char c, char shape) { return shape == 'd' ? IsDigit(c) : c == shape; });
}

int Number(std::string_view digits) {
  int number = 0;
  for (const char c : digits) number = number * 10 + (c - '0');
  return number;
}

// `text`: what follows the seconds, "Z" or ".123Z".
std::optional<microseconds> FractionOf(std::string_view text) {
  if (text == "Z") return microseconds{0};
  if (text.size() < 3 || text.size() > 11 || text.front() != '.' || text.back() != 'Z') return {};
  const std::string_view digits = text.substr(1, text.size() - 2);
  if (!std::all_of(digits.begin(), digits.end(), IsDigit)) return {};
  std::string six(digits.substr(0, 6));
  six.resize(6, '0');
  return microseconds{Number(six)};
}

}  // namespace

std::optional<UtcTime> ParseUtc(std::string_view text) {
  if (text.size() <= kShape.size() || !HasShape(text.substr(0, kShape.size()))) return {};
  const auto fraction = FractionOf(text.substr(kShape.size()));
  const year_month_day date{std::chrono::year{Number(text.substr(0, 4))},
                            std::chrono::month(static_cast<unsigned>(Number(text.substr(5, 2)))),
                            std::chrono::day(static_cast<unsigned>(Number(text.substr(8, 2))))};
  const int hour = Number(text.substr(11, 2));
  const int minute = Number(text.substr(14, 2));
  const int second = Number(text.substr(17, 2));
  if (!fraction || !date.ok() || hour > 23 || minute > 59 || second > 59) return {};
  return std::chrono::sys_days{date} + std::chrono::hours{hour} + std::chrono::minutes{minute} +
         std::chrono::seconds{second} + *fraction;
}

std::string FormatUtc(UtcTime time, Fraction fraction) {
  const auto midnight = std::chrono::floor<days>(time);
  const year_month_day date{midnight};
  const hh_mm_ss clock{time - midnight};
  std::string text =
      fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}", int{date.year()},
                  unsigned{date.month()}, unsigned{date.day()}, clock.hours().count(),
                  clock.minutes().count(), clock.seconds().count(), clock.subseconds().count());
  if (fraction == Fraction::kMilliseconds) text.resize(text.size() - 3);
  return text + 'Z';
}

// Not strftime, whose names of days and months depend on the locale.
std::string FormatHttpDate(UtcTime time) {
  constexpr std::array kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                               "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto midnight = std::chrono::floor<days>(time);
  const year_month_day date{midnight};
  const hh_mm_ss clock{time - midnight};
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT",
                     kDays[weekday{midnight}.c_encoding()], unsigned{date.day()},
                     kMonths[unsigned{date.month()} - 1], int{date.year()}, clock.hours().count(),
                     clock.minutes().count(), clock.seconds().count());
}

}  // namespace modelgates::sandbox
