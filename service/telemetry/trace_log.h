#pragma once

#include <cstdint>
#include <mutex>
#include <string_view>

#include "base/log.h"
#include "telemetry/metrics.h"
#include "trace/span_observer.h"

namespace modelgates::gateway {

// Counts what becomes of spans, and logs when they begin to be lost and when the collector takes
// them again. Any thread.
class TraceLog final : public SpanObserver {
 public:
  // Both must outlive this.
  TraceLog(Log& log, Metrics& metrics) : log_(log), metrics_(metrics) {}

  // `spans_exported`, when no span has been lost since the export before: `count` were lost
  // earlier.
  void OnExported(size_t spans) override;
  // `spans_lost`, a warning, for the first loss and for one of another cause: `cause` and `error`.
  void OnLost(SpanLoss loss, size_t spans, std::string_view why) override;

 private:
  Log& log_;
  Metrics& metrics_;
  std::mutex mutex_;
  // Guarded by mutex_; of the time in which spans are lost.
  uint64_t lost_ = 0;
  uint32_t causes_ = 0;             // a bit for each cause that was logged
  bool lost_since_export_ = false;  // while the collector is too slow, exports and losses alternate
};

}  // namespace modelgates::gateway
