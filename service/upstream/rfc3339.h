#pragma once

#include <google/protobuf/timestamp.pb.h>

#include <optional>
#include <string_view>

namespace modelgates::gateway {

// Times in bodies (RFC 3339). abseil's functions would cost a create 5,000 instructions and 4
// allocations more.

// The text of one timestamp, without an allocation.
class Rfc3339Text {
 public:
  // YYYY-MM-DDTHH:MM:SSZ, with six digits of fraction for microseconds, as the SDK writes it, and
  // nine for nanoseconds. An instant outside the years 1 to 9999 is clamped.
  explicit Rfc3339Text(const google::protobuf::Timestamp& time);

  std::string_view view() const { return {text_, size_}; }

 private:
  char text_[32];
  size_t size_ = 0;
};

// Reads an RFC 3339 date-time: any offset, any length of fraction (cut to nanoseconds), `t` and `z`
// in either case, a leap second as the second after it. Nullopt for anything else: no offset, a day
// that does not exist, an instant outside the years 1 to 9999 of protobuf's Timestamp.
std::optional<google::protobuf::Timestamp> ParseRfc3339(std::string_view text);

}  // namespace modelgates::gateway
