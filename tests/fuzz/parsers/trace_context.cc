#include "trace/trace_context.h"

#include <vector>

#include "fuzz/parsers/input.h"
#include "fuzz/parsers/targets.h"

namespace modelgates::gateway {
namespace {

bool IsId(std::string_view text, size_t digits) {
  return text.size() == digits && text.find_first_not_of("0123456789abcdef") == text.npos &&
         text.find_first_not_of('0') != text.npos;
}

std::string Traceparent(const TraceContext& context) {
  return "00-" + std::string(context.trace_id.text()) + "-" + std::string(context.span_id.text()) +
         (context.sampled ? "-01" : "-00");
}

}  // namespace

std::string TraceContextBrokenBy(std::string_view bytes) {
  Input input(bytes);
  const TraceContext context = ParseTraceparent(input.Line());
  if (context.valid()) {
    if (!IsId(context.trace_id.text(), 32) || !IsId(context.span_id.text(), 16)) {
      return "an identifier that is none";
    }
    if (ParseTraceparent(Traceparent(context)) != context) return "it changes when it is passed on";
  }
  std::vector<std::string_view> values;
  while (!input.Rest().empty()) values.push_back(input.Line());
  const std::string joined = JoinTracestate(values);
  if (joined.size() > 512) return "a tracestate is above its bound";
  const std::string_view again[] = {joined};
  if (JoinTracestate(again) != joined) return "a tracestate changes when it is passed on";
  return {};
}

}  // namespace modelgates::gateway
