#include "resilience/http_date.h"

#include <absl/strings/ascii.h>
#include <absl/time/time.h>

#include <algorithm>
#include <iterator>

namespace modelgates::gateway {
namespace {

struct Form {
  std::string_view shape;
  const char* format;
};

// abseil ignores case, leading zeros and white space, and knows words like "infinite-future".
constexpr Form kForms[] = {{"Aa, 00 Aa 0000 00:00:00 AAA", "%a, %d %b %E4Y %H:%M:%S GMT"},
                           {"Aa, 00-Aa-00 00:00:00 AAA", "%A, %d-%b-%y %H:%M:%S GMT"},
                           {"Aa Aa 00 00:00:00 0000", "%a %b %d %H:%M:%S %E4Y"},
                           {"Aa Aa  0 00:00:00 0000", "%a %b %d %H:%M:%S %E4Y"}};

// Capitals become 'A', each run of small letters one 'a', digits '0'; other characters are
// unchanged.
std::string ShapeOf(std::string_view text) {
  std::string shape;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (absl::ascii_islower(byte)) {
      if (!shape.ends_with('a')) shape += 'a';
    } else {
      shape += absl::ascii_isupper(byte) ? 'A' : absl::ascii_isdigit(byte) ? '0' : c;
    }
  }
  return shape;
}

}  // namespace

std::optional<std::chrono::sys_seconds> ParseHttpDate(std::string_view text) {
  const std::string shape = ShapeOf(text);
  const auto* const form = std::find_if(std::begin(kForms), std::end(kForms),
                                        [&](const Form& known) { return known.shape == shape; });
  absl::Time time;
  if (form == std::end(kForms) ||
      !absl::ParseTime(form->format, {text.data(), text.size()}, &time, nullptr)) {
    return std::nullopt;
  }
  return std::chrono::sys_seconds(std::chrono::seconds(absl::ToUnixSeconds(time)));
}

std::string ToHttpDate(std::chrono::sys_seconds time) {
  return absl::FormatTime(kForms[0].format, absl::FromUnixSeconds(time.time_since_epoch().count()),
                          absl::UTCTimeZone());
}

}  // namespace modelgates::gateway
