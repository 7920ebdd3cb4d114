#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace modelgates::gateway {

// An identifier of W3C Trace Context: lower-case hexadecimal digits, as logs and OTLP/JSON have it.
template <size_t kDigits>
struct HexId {
  std::array<char, kDigits> digits{};  // NUL: there is none

  bool empty() const { return digits[0] == '\0'; }
  // Empty when there is none.
  std::string_view text() const { return {digits.data(), empty() ? 0 : kDigits}; }
  friend bool operator==(const HexId&, const HexId&) = default;
};
using TraceId = HexId<32>;
using SpanId = HexId<16>;

// A span, as other spans refer to it.
struct TraceContext {
  TraceId trace_id;
  SpanId span_id;
  bool sampled = false;

  bool valid() const { return !trace_id.empty(); }
  friend bool operator==(const TraceContext&, const TraceContext&) = default;
};

// Reads the value of `traceparent` (W3C Trace Context, section 3.2). Not valid() when it is absent,
// malformed, or of the forbidden version ff.
TraceContext ParseTraceparent(std::string_view traceparent);

// The values of `tracestate` (section 3.3), in their order, as one list without optional space.
// Empty when an entry is malformed, a key occurs twice, or there are more than 32 entries or 512
// bytes.
std::string JoinTracestate(std::span<const std::string_view> values);

}  // namespace modelgates::gateway
