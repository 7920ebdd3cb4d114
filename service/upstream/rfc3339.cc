#include "upstream/rfc3339.h"

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "base/ascii.h"

namespace modelgates::gateway {
namespace {

using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::sys_seconds;
using std::chrono::year_month_day;

constexpr int64_t kMinSeconds = -62'135'596'800;  // 0001-01-01T00:00:00Z
constexpr int64_t kMaxSeconds = 253'402'300'799;  // 9999-12-31T23:59:59Z

constexpr std::string_view kDateTime = "0000-00-00T00:00:00";

void PutNumber(char* text, uint32_t value, size_t digits) {
  for (; digits > 0; value /= 10) text[--digits] = static_cast<char>('0' + value % 10);
}

// The value of `digits`; 10,000, which every check refuses, when they are not digits.
unsigned Number(std::string_view digits) {
  unsigned value = 0;
  for (const char c : digits) {
    if (!IsDigit(c)) return 10'000;
    value = value * 10 + static_cast<unsigned>(c - '0');
  }
  return value;
}

// The seconds of "Z" or "+02:00".
std::optional<int> OffsetOf(std::string_view zone) {
  if (zone == "Z" || zone == "z") return 0;
  if (zone.size() != 6 || (zone[0] != '+' && zone[0] != '-') || zone[3] != ':') return std::nullopt;
  const unsigned hours = Number(zone.substr(1, 2));
  const unsigned minutes = Number(zone.substr(4, 2));
  if (hours > 23 || minutes > 59) return std::nullopt;
  return static_cast<int>(hours * 60 + minutes) * (zone[0] == '-' ? -60 : 60);
}

}  // namespace

Rfc3339Text::Rfc3339Text(const google::protobuf::Timestamp& time) {
  const sys_seconds instant{
      std::chrono::seconds(std::clamp(time.seconds(), kMinSeconds, kMaxSeconds))};
  const auto nanos = static_cast<uint32_t>(std::clamp(time.nanos(), 0, 999'999'999));
  const sys_days day = std::chrono::floor<days>(instant);
  const year_month_day date(day);
  const auto second = static_cast<uint32_t>((instant - day).count());

  kDateTime.copy(text_, kDateTime.size());
  PutNumber(text_, static_cast<uint32_t>(static_cast<int>(date.year())), 4);
  PutNumber(text_ + 5, static_cast<unsigned>(date.month()), 2);
  PutNumber(text_ + 8, static_cast<unsigned>(date.day()), 2);
  PutNumber(text_ + 11, second / 3600, 2);
  PutNumber(text_ + 14, second / 60 % 60, 2);
  PutNumber(text_ + 17, second % 60, 2);
  size_ = kDateTime.size();
  if (nanos != 0) {
    const bool whole_micros = nanos % 1000 == 0;
    const size_t digits = whole_micros ? 6 : 9;
    text_[size_] = '.';
    PutNumber(text_ + size_ + 1, whole_micros ? nanos / 1000 : nanos, digits);
    size_ += 1 + digits;
  }
  text_[size_++] = 'Z';
}

std::optional<google::protobuf::Timestamp> ParseRfc3339(std::string_view text) {
  if (text.size() <= kDateTime.size() || text[4] != '-' || text[7] != '-' ||
      (text[10] != 'T' && text[10] != 't') || text[13] != ':' || text[16] != ':') {
    return std::nullopt;
  }
  const unsigned year = Number(text.substr(0, 4));
  const unsigned month = Number(text.substr(5, 2));
  const unsigned day = Number(text.substr(8, 2));
  const unsigned hour = Number(text.substr(11, 2));
  const unsigned minute = Number(text.substr(14, 2));
  const unsigned second = Number(text.substr(17, 2));
  if (year > 9999 || month > 12 || day > 31 || hour > 23 || minute > 59 || second > 60) {
    return std::nullopt;
  }
  const year_month_day date(std::chrono::year(static_cast<int>(year)), std::chrono::month(month),
                            std::chrono::day(day));
  text.remove_prefix(kDateTime.size());

  int nanos = 0;
  if (text[0] == '.') {
    size_t end = 1;
    for (int unit = 100'000'000; end < text.size() && IsDigit(text[end]); ++end, unit /= 10) {
      nanos += (text[end] - '0') * unit;
    }
    if (end == 1) return std::nullopt;
    text.remove_prefix(end);
  }
  const std::optional<int> offset = OffsetOf(text);
  if (!date.ok() || !offset) return std::nullopt;

  const int64_t midnight = std::chrono::sys_seconds(sys_days(date)).time_since_epoch().count();
  const int64_t seconds = midnight + (hour * 60 + minute) * 60 + second - *offset;
  // Leap seconds end a UTC day.
  if (second == 60 && seconds % 86'400 != 0) return std::nullopt;
  if (seconds < kMinSeconds || seconds > kMaxSeconds) return std::nullopt;
  google::protobuf::Timestamp time;
  time.set_seconds(seconds);
  time.set_nanos(nanos);
  return time;
}

}  // namespace modelgates::gateway
