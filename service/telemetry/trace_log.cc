#include "telemetry/trace_log.h"

#include <utility>

#include "telemetry/trace_metrics.h"

namespace modelgates::gateway {

void TraceLog::OnExported(size_t spans) {
  metrics_.traces().SpansExported(spans);
  uint64_t lost = 0;
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(lost_since_export_, false)) return;
    lost = std::exchange(lost_, 0);
    causes_ = 0;
  }
  if (lost == 0) return;
  LogLine line =
      log_.Line(Severity::kInfo, "spans_exported", "the collector of traces takes spans again");
  log_.Write(line.Add("count", lost));
}

void TraceLog::OnLost(SpanLoss loss, size_t spans, std::string_view why) {
  metrics_.traces().SpansDropped(loss, spans);
  const uint32_t cause = uint32_t{1} << static_cast<unsigned>(loss);
  {
    const std::lock_guard lock(mutex_);
    lost_ += spans;
    lost_since_export_ = true;
    if ((causes_ & cause) != 0) return;
    causes_ |= cause;
  }
  LogLine line = log_.Line(Severity::kWarning, "spans_lost",
                           "spans do not reach the collector of traces; calls are not affected");
  log_.Write(line.Add("cause", ToString(loss)).Add("error", why));
}

}  // namespace modelgates::gateway
