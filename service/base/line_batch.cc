#include "base/line_batch.h"

#include <poll.h>
#include <unistd.h>

#include <cstring>

namespace modelgates::gateway {

bool HasRoom(int fd, int timeout_ms) {
  pollfd room{fd, POLLOUT, 0};
  return poll(&room, 1, timeout_ms) > 0;
}

std::atomic<const LineBatch*> LineBatch::last_{nullptr};

LineBatch::LineBatch(int fd) : fd_(fd) { last_.store(this); }

LineBatch::~LineBatch() {
  const LineBatch* self = this;
  last_.compare_exchange_strong(self, nullptr);
}

bool LineBatch::Add(std::string_view line) {
  const size_t size = size_.load(std::memory_order_relaxed);
  if (line.size() > kMaxBytes - size) return false;
  std::memcpy(text_.data() + size, line.data(), line.size());
  size_.store(size + line.size(), std::memory_order_release);
  return true;
}

void LineBatch::WriteLast() {
  const LineBatch* const batch = last_.load();
  if (batch == nullptr) return;
  const size_t size = batch->size_.load(std::memory_order_acquire);
  if (size == 0 || !HasRoom(batch->fd_, 0)) return;
  [[maybe_unused]] const ssize_t written = write(batch->fd_, batch->text_.data(), size);
}

}  // namespace modelgates::gateway
