#include "trace/span_queue.h"

#include <algorithm>
#include <utility>

namespace modelgates::gateway {

std::string_view ToString(SpanLoss loss) {
  switch (loss) {
    case SpanLoss::kQueueFull:
      return "queue_full";
    case SpanLoss::kRefused:
      return "refused";
    case SpanLoss::kUnreachable:
      return "unreachable";
    case SpanLoss::kStopped:
      return "stopped";
  }
  return "unknown";
}

SpanQueue::SpanQueue(size_t capacity, size_t batch, std::function<void()> on_batch,
                     SpanObserver& observer)
    : batch_(batch), on_batch_(std::move(on_batch)), observer_(observer), ring_(capacity) {}

void SpanQueue::Put(Span&& span) {
  bool is_batch = false;
  bool is_lost = false;
  {
    const std::lock_guard lock(mutex_);
    if (size_ < ring_.size()) {
      ring_[(first_ + size_) % ring_.size()] = std::move(span);
      is_batch = ++size_ == batch_;
    } else {
      is_lost = true;
    }
  }
  if (is_batch) on_batch_();
  if (is_lost) observer_.OnLost(SpanLoss::kQueueFull, 1, "the queue of spans is full");
}

void SpanQueue::Take(size_t most, std::vector<Span>& out) {
  const std::lock_guard lock(mutex_);
  for (size_t left = std::min(most, size_); left > 0; --left) {
    out.push_back(std::move(ring_[first_]));
    first_ = (first_ + 1) % ring_.size();
    --size_;
  }
}

size_t SpanQueue::size() const {
  const std::lock_guard lock(mutex_);
  return size_;
}

}  // namespace modelgates::gateway
