#include "http/connection_queue.h"

#include <algorithm>
#include <utility>

namespace modelgates::gateway {

ConnectionPlace::~ConnectionPlace() {
  if (!queue_) return;
  if (!made_) --queue_->connects_;
  --queue_->places_;
  queue_->GiveTurns();
}

void ConnectionPlace::Made() {
  made_ = true;
  --queue_->connects_;
  queue_->GiveTurns();
}

Task<ConnectionQueue::Result> ConnectionQueue::Wait(Need need, TimePoint deadline,
                                                    const std::stop_token& stop) {
  if (waiting_.empty() && HasRoom()) co_return TakePlace();
  const std::shared_ptr<ConnectionQueue> self = shared_from_this();
  const TimePoint patience = loop_.Now() + limits_.connect_timeout;
  Waiter waiter(loop_, need);
  waiting_.push_back(waiter);
  while (true) {
    const bool limited_by_connects = !full();
    const TimePoint until = limited_by_connects ? std::min(deadline, patience) : deadline;
    const WaitPoint::Result woken = co_await waiter.ready.Wait(until, stop);
    // A connection or a place that was given is used, even after the deadline or a stop request.
    if (waiter.connection) co_return std::move(waiter.connection);
    if (waiter.place) co_return *std::move(waiter.place);
    if (closed_) co_return End::kClosed;
    if (woken == WaitPoint::Result::kStopped) co_return End::kStopped;
    if (deadline <= loop_.Now()) co_return End::kTimeout;
    if (limited_by_connects && !full()) co_return End::kConnectTimeout;
  }
}

bool ConnectionQueue::Give(std::unique_ptr<Connection>& connection) {
  if (waiting_.empty()) return false;
  if (full() && waiting_.front().need == Need::kNew) {
    connection.reset();
    return true;
  }
  const auto taker = std::find_if(waiting_.begin(), waiting_.end(),
                                  [](const Waiter& it) { return it.need == Need::kAny; });
  if (taker == waiting_.end()) return false;
  taker->connection = std::move(connection);
  taker->ready.Notify();
  waiting_.erase(taker);
  return true;
}

void ConnectionQueue::Close() {
  closed_ = true;
  while (!waiting_.empty()) {
    Waiter& waiter = waiting_.front();
    waiting_.pop_front();
    waiter.ready.Notify();
  }
}

ConnectionPlace ConnectionQueue::TakePlace() {
  ++places_;
  ++connects_;
  return ConnectionPlace(shared_from_this());
}

void ConnectionQueue::GiveTurns() {
  while (!waiting_.empty() && HasRoom()) {
    Waiter& waiter = waiting_.front();
    waiting_.pop_front();
    waiter.place.emplace(TakePlace());
    waiter.ready.Notify();
  }
}

}  // namespace modelgates::gateway
