#pragma once

#include <cstddef>
#include <functional>
#include <mutex>
#include <vector>

#include "trace/span.h"
#include "trace/span_observer.h"

namespace modelgates::gateway {

// Spans that have ended and wait for their export: a ring of fixed size. Nobody waits for room: a
// span without room is lost and counted. Any thread.
class SpanQueue {
 public:
  // `on_batch` is called when `batch` spans wait, from the thread that put the last one. `observer`
  // must outlive this.
  SpanQueue(size_t capacity, size_t batch, std::function<void()> on_batch, SpanObserver& observer);

  void Put(Span&& span);
  // Moves up to `most` spans to the end of `out`, oldest first.
  void Take(size_t most, std::vector<Span>& out);
  size_t size() const;

 private:
  const size_t batch_;
  const std::function<void()> on_batch_;
  SpanObserver& observer_;
  mutable std::mutex mutex_;
  std::vector<Span> ring_;  // guarded by mutex_, and so are the next two
  size_t first_ = 0;
  size_t size_ = 0;
};

}  // namespace modelgates::gateway
