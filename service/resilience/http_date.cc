#include "resilience/http_date.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace modelgates::gateway {
namespace {

constexpr std::array<std::string_view, 7> kDays = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                                   "Friday", "Saturday", "Sunday"};
constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

// What is left to read. Each Take removes what it returns; the first failure makes the rest fail.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool AtEnd() const { return ok_ && rest_.empty(); }

  void Literal(std::string_view expected) {
    ok_ = ok_ && rest_.starts_with(expected);
    if (ok_) rest_.remove_prefix(expected.size());
  }

  // Exactly `digits` digits.
  int Number(size_t digits) {
    int value = 0;
    for (size_t i = 0; i < digits; ++i) {
      ok_ = ok_ && !rest_.empty() && rest_[0] >= '0' && rest_[0] <= '9';
      if (!ok_) return 0;
      value = value * 10 + (rest_[0] - '0');
      rest_.remove_prefix(1);
    }
    return value;
  }

  // asctime pads the day with a space.
  int PaddedDay() {
    if (!rest_.starts_with(' ')) return Number(2);
    Literal(" ");
    return Number(1);
  }

  unsigned Month() {
    const auto found = std::find(kMonths.begin(), kMonths.end(), rest_.substr(0, 3));
    ok_ = ok_ && found != kMonths.end();
    if (!ok_) return 0;
    rest_.remove_prefix(3);
    return static_cast<unsigned>(found - kMonths.begin()) + 1;
  }

  std::chrono::seconds TimeOfDay() {
    const int hour = Number(2);
    Literal(":");
    const int minute = Number(2);
    Literal(":");
    const int second = Number(2);
    ok_ = ok_ && hour < 24 && minute < 60 && second <= 60;
    return std::chrono::hours(hour) + std::chrono::minutes(minute) + std::chrono::seconds(second);
  }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

bool IsDay(std::string_view name) {
  return std::find(kDays.begin(), kDays.end(), name) != kDays.end();
}

bool IsShortDay(std::string_view name) {
  return std::any_of(kDays.begin(), kDays.end(),
                     [&](std::string_view day) { return day.substr(0, 3) == name; });
}

std::optional<std::chrono::sys_seconds> Combine(int year, unsigned month, int day,
                                                std::chrono::seconds time_of_day) {
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date) + time_of_day;
}

std::optional<std::chrono::sys_seconds> ParseImfFixdate(std::string_view after_day) {
  Scanner scanner(after_day);
  scanner.Literal(", ");
  const int day = scanner.Number(2);
  scanner.Literal(" ");
  const unsigned month = scanner.Month();
  scanner.Literal(" ");
  const int year = scanner.Number(4);
  scanner.Literal(" ");
  const std::chrono::seconds time_of_day = scanner.TimeOfDay();
  scanner.Literal(" GMT");
  if (!scanner.AtEnd()) return std::nullopt;
  return Combine(year, month, day, time_of_day);
}

std::optional<std::chrono::sys_seconds> ParseRfc850(std::string_view after_day) {
  Scanner scanner(after_day);
  scanner.Literal(", ");
  const int day = scanner.Number(2);
  scanner.Literal("-");
  const unsigned month = scanner.Month();
  scanner.Literal("-");
  const int short_year = scanner.Number(2);
  scanner.Literal(" ");
  const std::chrono::seconds time_of_day = scanner.TimeOfDay();
  scanner.Literal(" GMT");
  if (!scanner.AtEnd()) return std::nullopt;
  return Combine(short_year + (short_year < 70 ? 2000 : 1900), month, day, time_of_day);
}

std::optional<std::chrono::sys_seconds> ParseAsctime(std::string_view after_day) {
  Scanner scanner(after_day);
  scanner.Literal(" ");
  const unsigned month = scanner.Month();
  scanner.Literal(" ");
  const int day = scanner.PaddedDay();
  scanner.Literal(" ");
  const std::chrono::seconds time_of_day = scanner.TimeOfDay();
  scanner.Literal(" ");
  const int year = scanner.Number(4);
  if (!scanner.AtEnd()) return std::nullopt;
  return Combine(year, month, day, time_of_day);
}

}  // namespace

std::optional<std::chrono::sys_seconds> ParseHttpDate(std::string_view text) {
  const size_t day_end = std::min(text.find_first_of(", "), text.size());
  const std::string_view day = text.substr(0, day_end);
  const std::string_view after_day = text.substr(day_end);
  if (IsDay(day)) return ParseRfc850(after_day);
  if (!IsShortDay(day)) return std::nullopt;
  return after_day.starts_with(',') ? ParseImfFixdate(after_day) : ParseAsctime(after_day);
}

std::string ToHttpDate(std::chrono::sys_seconds time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT",
                     kDays[std::chrono::weekday(day).iso_encoding() - 1].substr(0, 3),
                     static_cast<unsigned>(date.day()),
                     kMonths[static_cast<unsigned>(date.month()) - 1],
                     static_cast<int>(date.year()), clock.hours().count(), clock.minutes().count(),
                     clock.seconds().count());
}

}  // namespace modelgates::gateway
