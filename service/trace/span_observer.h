#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace modelgates::gateway {

// Why spans do not reach the collector.
enum class SpanLoss : uint8_t {
  kQueueFull,    // more were made than the collector takes
  kRefused,      // the collector answered with an error that does not pass, or took a part only
  kUnreachable,  // no answer, or errors that may pass, for the time of one export
  kStopped,      // the gateway ended first
};
inline constexpr size_t kSpanLosses = 4;

// "queue_full", "refused", ...
std::string_view ToString(SpanLoss loss);

// Observes what becomes of spans. Any thread.
class SpanObserver {
 public:
  virtual void OnExported(size_t spans) = 0;
  // `why`: a status, or TransportError::cause; contains nothing that the collector wrote.
  virtual void OnLost(SpanLoss loss, size_t spans, std::string_view why) = 0;

 protected:
  ~SpanObserver() = default;
};

}  // namespace modelgates::gateway
