#include "trace/sampler.h"

#include <charconv>
#include <cstdint>

namespace modelgates::gateway {

bool IsSampled(const Sampler& sampler, const TraceContext& caller, const TraceId& trace_id) {
  if (sampler.parent_based && caller.valid()) return caller.sampled;
  if (sampler.ratio >= 1) return true;
  // As the SDKs of OpenTelemetry do it: the last 63 bits of the trace id.
  uint64_t random = 0;
  const std::string_view last = trace_id.text().substr(16);
  std::from_chars(last.data(), last.data() + last.size(), random, 16);
  return static_cast<double>(random >> 1) < sampler.ratio * static_cast<double>(uint64_t{1} << 63);
}

}  // namespace modelgates::gateway
