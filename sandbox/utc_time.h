#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace modelgates::sandbox {

// A point in time in UTC. In microseconds, because nanoseconds in 64 bits end in the year 2262, and
// the API accepts dates up to 9999.
using UtcTime = std::chrono::sys_time<std::chrono::microseconds>;

// Parses `YYYY-MM-DDTHH:MM:SS[.f]Z` with one to nine digits of fraction, cut to microseconds.
// nullopt for any other form: an offset, no seconds, a date that does not exist.
std::optional<UtcTime> ParseUtc(std::string_view text);

enum class Fraction { kMilliseconds, kMicroseconds };

// `2026-01-02T03:04:05.678Z`, or with six digits of fraction.
std::string FormatUtc(UtcTime time, Fraction fraction);

// The form of the Date header (RFC 9110, 5.6.7): `Fri, 02 Jan 2026 03:04:05 GMT`.
std::string FormatHttpDate(UtcTime time);

}  // namespace modelgates::sandbox
