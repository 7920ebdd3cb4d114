#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace modelgates::gateway {

// Reads an HTTP date in any of its three forms (RFC 9110, 5.6.7), which are case-sensitive:
//
//   Sun, 06 Nov 1994 08:49:37 GMT     IMF-fixdate
//   Sunday, 06-Nov-94 08:49:37 GMT    RFC 850; years 69 to 99 are 19xx, 00 to 68 are 20xx
//   Sun Nov  6 08:49:37 1994          asctime
//
// Names may be short or long in each form. The weekday need not match the date. Second 60 is read
// as the following second. nullopt: another form or zone, or a day that does not exist.
std::optional<std::chrono::sys_seconds> ParseHttpDate(std::string_view text);

// Formats as IMF-fixdate. Years 0 to 9999.
std::string ToHttpDate(std::chrono::sys_seconds time);

}  // namespace modelgates::gateway
