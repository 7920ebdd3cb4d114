#pragma once

#include <stop_token>
#include <vector>

#include "base/event_loop.h"
#include "base/task.h"
#include "resilience/retrier.h"
#include "trace/otlp_json.h"
#include "trace/span_observer.h"
#include "trace/span_queue.h"
#include "trace/trace_settings.h"

namespace modelgates::gateway {

// Sends spans to a collector by OTLP/HTTP with JSON: one batch at a time, when a whole one waits or
// the schedule delay has passed since the last. Its memory is that of the queue and one batch;
// while the collector is slow, the queue fills and loses spans. Loop thread only.
class SpanExporter final : private Timer {
 public:
  // Before the loop runs. All must outlive this. `retrier`: of the collector's own transport, with
  // budget and breaker disabled.
  SpanExporter(EventLoop& loop, Retrier& retrier, SpanQueue& queue, const TraceSettings& settings,
               SpanObserver& observer);

  // A batch waits.
  void Wake();

  // Sends what there is. Then, or when `deadline` has passed, nothing is sent any more and idle()
  // is true soon after.
  void Finish(TimePoint deadline);
  bool idle() const { return !running_; }

 private:
  void OnTimer() override;
  Task<void> Run();
  Task<void> Export();
  Task<std::string> Encode();
  void Report(const Outcome& outcome);

  EventLoop& loop_;
  Retrier& retrier_;
  SpanQueue& queue_;
  const TraceSettings& settings_;
  SpanObserver& observer_;
  OtlpJson json_;
  std::vector<Span> batch_;
  bool running_ = false;
  bool finishing_ = false;
  std::stop_source stop_;
};

}  // namespace modelgates::gateway
