#pragma once

#include <array>
#include <mutex>
#include <string>

#include "trace/span_observer.h"

namespace modelgates::gateway {

// Counts what became of spans.
class SpanLedger final : public SpanObserver {
 public:
  void OnExported(size_t spans) override {
    const std::lock_guard lock(mutex_);
    exported_ += spans;
  }
  void OnLost(SpanLoss loss, size_t spans, std::string_view why) override {
    const std::lock_guard lock(mutex_);
    lost_[static_cast<size_t>(loss)] += spans;
    why_ = why;
  }

  size_t exported() const {
    const std::lock_guard lock(mutex_);
    return exported_;
  }
  size_t lost(SpanLoss loss) const {
    const std::lock_guard lock(mutex_);
    return lost_[static_cast<size_t>(loss)];
  }
  // Of the last loss.
  std::string why() const {
    const std::lock_guard lock(mutex_);
    return why_;
  }

 private:
  mutable std::mutex mutex_;
  size_t exported_ = 0;
  std::array<size_t, kSpanLosses> lost_{};
  std::string why_;
};

}  // namespace modelgates::gateway
