#include "resilience/backoff.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string_view>

#include "resilience/http_date.h"

namespace modelgates::gateway {
namespace {

using std::chrono::milliseconds;

// Reads a plain decimal number ("3", "2.5", ".5") in units of 10^-fraction_digits; further digits
// are cut off. Integer arithmetic is exact and has neither NaN nor infinity.
std::optional<int64_t> ParseDecimal(std::string_view text, int fraction_digits) {
  constexpr int64_t kMax = INT64_MAX / 10 - 1;
  int64_t value = 0;
  bool digits = false;
  bool fraction = false;
  for (const char c : text) {
    if (c == '.' && !fraction) {
      fraction = true;
      continue;
    }
    if (c < '0' || c > '9') return std::nullopt;
    digits = true;
    if (fraction && fraction_digits-- <= 0) continue;
    value = std::min(value * 10 + (c - '0'), kMax);
  }
  if (!digits) return std::nullopt;
  for (; fraction_digits > 0; --fraction_digits) value = std::min(value * 10, kMax);
  return value;
}

// Converts tenths of a millisecond to a wait; nullopt: it rounds to 0.
std::optional<milliseconds> ToWait(int64_t tenths) {
  const milliseconds wait((tenths + 5) / 10);
  if (wait <= milliseconds::zero()) return std::nullopt;
  return std::min(wait, kLongestWait);
}

}  // namespace

Duration BackoffDelay(const RetryPolicy& policy, int retry_number, double random) {
  // In double, where an overflow is infinity and not undefined; fmin and fmax ignore NaN.
  const auto count = [](milliseconds interval) { return static_cast<double>(interval.count()); };
  const double shortest = count(kMinInterval);
  const double longest = std::clamp(count(policy.max_interval), shortest, count(kLongestWait));
  const double growth = std::pow(std::fmax(policy.exponent, 1.0), std::max(retry_number, 0));
  const double interval = std::fmax(count(policy.initial_interval), shortest) * growth;
  const double jitter = std::fmax(random * count(policy.jitter), 0.0);
  const std::chrono::duration<double, std::milli> delay(std::fmin(interval + jitter, longest));
  return std::chrono::duration_cast<Duration>(delay);
}

std::optional<milliseconds> ParseRetryAfter(const HttpResponse& response) {
  if (response.status < 400 || response.status > 599) return std::nullopt;
  if (const std::optional<int64_t> tenths = ParseDecimal(response.retry_after_ms, 1)) {
    return ToWait(*tenths);
  }
  if (const std::optional<int64_t> tenths = ParseDecimal(response.retry_after, 4)) {
    return ToWait(*tenths);
  }
  const std::optional<std::chrono::sys_seconds> until = ParseHttpDate(response.retry_after);
  if (!until) return std::nullopt;
  const std::optional<std::chrono::sys_seconds> date = ParseHttpDate(response.date);
  if (!date || *until <= *date) return std::nullopt;
  return std::min<milliseconds>(*until - *date, kLongestWait);
}

}  // namespace modelgates::gateway
