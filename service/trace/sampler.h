#pragma once

#include "trace/trace_context.h"

namespace modelgates::gateway {

// Which calls are traced: the samplers of OpenTelemetry's SDK specification.
struct Sampler {
  // The caller's decision has precedence.
  bool parent_based = true;
  // Of the other calls, the share that is traced: 0 to 1.
  double ratio = 1;
};

// `trace_id`: of `caller` if that is valid, else a new one. The same for all spans of a trace.
bool IsSampled(const Sampler& sampler, const TraceContext& caller, const TraceId& trace_id);

}  // namespace modelgates::gateway
