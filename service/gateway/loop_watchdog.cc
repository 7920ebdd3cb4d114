#include "gateway/loop_watchdog.h"

#include <utility>

namespace modelgates::gateway {

LoopWatchdog::LoopWatchdog(EventLoop& loop, Changed changed, Options options)
    : loop_(loop), changed_(std::move(changed)), options_(options) {}

LoopWatchdog::~LoopWatchdog() { Stop(); }

void LoopWatchdog::Start() {
  StartTimer();
  thread_ = std::thread([this] { Run(); });
}

void LoopWatchdog::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  stopped_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void LoopWatchdog::StartTimer() {
  loop_.Post([this] { OnTimer(); });
}

void LoopWatchdog::OnTimer() {
  moves_.fetch_add(1, std::memory_order_relaxed);
  loop_.Start(*this, loop_.Now() + options_.interval);
}

void LoopWatchdog::Look() {
  const uint64_t moves = moves_.load(std::memory_order_relaxed);
  unmoved_ = moves == seen_moves_ ? unmoved_ + 1 : 0;
  seen_moves_ = moves;
  const bool turns = unmoved_ < options_.looks;
  if (turns_.exchange(turns, std::memory_order_relaxed) != turns) changed_(turns);
}

void LoopWatchdog::Run() {
  std::unique_lock lock(mutex_);
  while (!stopped_.wait_for(lock, options_.interval, [this] { return stop_; })) {
    lock.unlock();
    Look();
    lock.lock();
  }
}

}  // namespace modelgates::gateway
