#include "upstream/rfc3339.h"

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace modelgates::gateway {
namespace {

constexpr int64_t kMinSeconds = -62'135'596'800;  // 0001-01-01T00:00:00Z
constexpr int64_t kMaxSeconds = 253'402'300'799;  // 9999-12-31T23:59:59Z

class DigitWriter {
 public:
  explicit DigitWriter(char* begin) : position_(begin) {}

  void Char(char c) { *position_++ = c; }
  void Number(uint32_t value, int digits) {
    for (int i = digits - 1; i >= 0; --i, value /= 10) {
      position_[i] = static_cast<char>('0' + value % 10);
    }
    position_ += digits;
  }
  char* position() const { return position_; }

 private:
  char* position_;
};

// Takes pieces from the front; the first that is missing makes all that follow fail too.
class DigitReader {
 public:
  explicit DigitReader(std::string_view text) : rest_(text) {}

  bool ok() const { return ok_; }
  bool AtEnd() const { return rest_.empty(); }
  bool NextIsDigit() const { return !rest_.empty() && rest_[0] >= '0' && rest_[0] <= '9'; }

  int Digit() {
    if (!NextIsDigit()) {
      ok_ = false;
      return 0;
    }
    const int digit = rest_[0] - '0';
    rest_.remove_prefix(1);
    return digit;
  }

  int Number(int digits) {
    int value = 0;
    for (int i = 0; i < digits; ++i) value = value * 10 + Digit();
    return value;
  }

  bool Take(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  void Expect(char c, char other) {
    if (!Take(c) && !Take(other)) ok_ = false;
  }
  void Expect(char c) { Expect(c, c); }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace

Rfc3339Text::Rfc3339Text(const google::protobuf::Timestamp& time) {
  using std::chrono::days;
  using std::chrono::sys_seconds;
  const sys_seconds instant{
      std::chrono::seconds(std::clamp(time.seconds(), kMinSeconds, kMaxSeconds))};
  const auto nanos = static_cast<uint32_t>(std::clamp(time.nanos(), 0, 999'999'999));
  const auto day = std::chrono::floor<days>(instant);
  const std::chrono::year_month_day date(day);
  const auto second = static_cast<uint32_t>((instant - day).count());

  DigitWriter write(text_);
  write.Number(static_cast<uint32_t>(static_cast<int>(date.year())), 4);
  write.Char('-');
  write.Number(static_cast<unsigned>(date.month()), 2);
  write.Char('-');
  write.Number(static_cast<unsigned>(date.day()), 2);
  write.Char('T');
  write.Number(second / 3600, 2);
  write.Char(':');
  write.Number(second / 60 % 60, 2);
  write.Char(':');
  write.Number(second % 60, 2);
  if (nanos != 0) {
    write.Char('.');
    if (nanos % 1000 == 0) {
      write.Number(nanos / 1000, 6);
    } else {
      write.Number(nanos, 9);
    }
  }
  write.Char('Z');
  size_ = static_cast<size_t>(write.position() - text_);
}

std::optional<google::protobuf::Timestamp> ParseRfc3339(std::string_view text) {
  DigitReader read(text);
  const int year = read.Number(4);
  read.Expect('-');
  const int month = read.Number(2);
  read.Expect('-');
  const int day = read.Number(2);
  read.Expect('T', 't');
  const int hour = read.Number(2);
  read.Expect(':');
  const int minute = read.Number(2);
  read.Expect(':');
  const int second = read.Number(2);
  int nanos = 0;
  if (read.Take('.')) {
    int unit = 100'000'000;
    do {
      nanos += read.Digit() * unit;
      unit /= 10;
    } while (read.NextIsDigit());
  }
  int offset = 0;
  if (!read.Take('Z') && !read.Take('z')) {
    const bool west = read.Take('-');
    if (!west) read.Expect('+');
    const int offset_hour = read.Number(2);
    read.Expect(':');
    const int offset_minute = read.Number(2);
    if (offset_hour > 23 || offset_minute > 59) return std::nullopt;
    offset = (offset_hour * 60 + offset_minute) * (west ? -60 : 60);
  }
  if (!read.ok() || !read.AtEnd()) return std::nullopt;

  const auto date = std::chrono::year(year) / month / day;
  if (!date.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  const int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  const int64_t second_of_day = (int64_t{hour} * 60 + minute) * 60 + second;
  const int64_t seconds = days * 86'400 + second_of_day - offset;
  // Leap seconds end a UTC day.
  if (second == 60 && seconds % 86'400 != 0) return std::nullopt;
  if (seconds < kMinSeconds || seconds > kMaxSeconds) return std::nullopt;
  google::protobuf::Timestamp time;
  time.set_seconds(seconds);
  time.set_nanos(nanos);
  return time;
}

}  // namespace modelgates::gateway
