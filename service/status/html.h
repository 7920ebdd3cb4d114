#pragma once

#include <string>
#include <string_view>

#include "status/figures.h"

namespace modelgates::gateway {

// Markup. Text becomes markup by Text() only, so that none is shown without an escape.
struct Html {
  std::string markup;
};

// Any text: valid UTF-8, without control characters, escaped for content and quoted attributes.
Html Text(std::string_view text);

// A figure of /metrics with its exact value and its sample, which is also the tool tip.
Html ToHtml(const Figure& figure, std::string_view shown);
// The same, shown as a number.
Html ToHtml(const Figure& figure);

// 1234567 as "1,234,567"; 0.1234 as "0.123".
std::string ShowNumber(double value);
// 0.0123 as "12.3 ms", 75 as "75 s".
std::string ShowSeconds(double seconds);
// A long time: 93784 as "1 d 2 h", 75 as "1 min 15 s".
std::string ShowAge(double seconds);
// 12582912 as "12.0 MiB".
std::string ShowBytes(double bytes);

// The source expression for a style or a script in a Content-Security-Policy (CSP 3,
// section 2.3.1).
std::string Sha256Source(std::string_view text);

}  // namespace modelgates::gateway
