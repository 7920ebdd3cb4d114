#include "call/incomplete_requests.h"

#include <utility>

namespace modelgates::gateway {

IncompleteRequests::IncompleteRequests(EventLoop& loop, ByteCounter& received, Options options)
    : loop_(loop), received_(received), options_(std::move(options)) {
  received_.SetAlarm(this);
}

IncompleteRequests::~IncompleteRequests() { received_.RemoveAlarm(this); }

void IncompleteRequests::Add(IncompleteRequest& request) {
  std::shared_ptr<IncompleteRequest> oldest;
  bool start_sweeping = false;
  {
    const std::scoped_lock lock(mutex_);
    request.bytes_before_ = received_.total();
    request.sweeps_before_ = sweeps_;
    if (requests_.size() >= options_.max_requests) oldest = TakeOldest();
    requests_.push_back(request);
    start_sweeping = !std::exchange(sweeping_, true);
    if (!std::exchange(alarm_set_, true)) {
      received_.AlarmAt(request.bytes_before_ + options_.max_bytes);
    }
  }
  if (oldest != nullptr) GiveUp({std::move(oldest)});
  if (start_sweeping) {
    loop_.Post([this] { loop_.Start(*this, loop_.Now() + options_.patience / 2); });
  }
}

bool IncompleteRequests::Remove(IncompleteRequest& request) {
  const std::scoped_lock lock(mutex_);
  if (request.is_linked()) {
    requests_.erase(requests_.iterator_to(request));
    return true;
  }
  if (--ending_ == 0) received_.SetCrowded(false);
  return false;
}

size_t IncompleteRequests::size() const {
  const std::scoped_lock lock(mutex_);
  return requests_.size();
}

// Time is counted in sweeps, so that a complete request, the usual case, needs no clock.
void IncompleteRequests::OnTimer() {
  Shared old;
  {
    const std::scoped_lock lock(mutex_);
    while (!requests_.empty() && requests_.front().sweeps_before_ < sweeps_) {
      old.push_back(TakeOldest());
    }
    ++sweeps_;
    sweeping_ = !requests_.empty();
    if (sweeping_) loop_.Start(*this, loop_.Now() + options_.patience / 2);
  }
  GiveUp(old);
}

// On a thread of gRPC that is receiving, where no call can be ended. The loop may run late, and
// gRPC may end the calls late: until then receiving is slowed down.
void IncompleteRequests::OnBytes() {
  const std::scoped_lock lock(mutex_);
  if (!OldestIsLarge()) {
    SetAlarm();
    return;
  }
  received_.SetCrowded(true);
  loop_.Post([this] { GiveUpLarge(); });
}

void IncompleteRequests::GiveUpLarge() {
  Shared large;
  {
    const std::scoped_lock lock(mutex_);
    while (OldestIsLarge()) large.push_back(TakeOldest());
    if (ending_ == 0) received_.SetCrowded(false);
    SetAlarm();
  }
  GiveUp(large);
}

bool IncompleteRequests::OldestIsLarge() const {
  return !requests_.empty() &&
         requests_.front().bytes_before_ + options_.max_bytes <= received_.total();
}

void IncompleteRequests::SetAlarm() {
  alarm_set_ = !requests_.empty();
  if (alarm_set_) received_.AlarmAt(requests_.front().bytes_before_ + options_.max_bytes);
}

// Stays alive beyond the lock: the first one to remove it ends it.
std::shared_ptr<IncompleteRequest> IncompleteRequests::TakeOldest() {
  std::shared_ptr<IncompleteRequest> oldest = requests_.front().Share();
  requests_.pop_front();
  ++ending_;
  return oldest;
}

// Not under the lock: gRPC may call back at once.
void IncompleteRequests::GiveUp(const Shared& requests) const {
  for (const auto& request : requests) {
    options_.on_given_up();
    request->GiveUpRequest();
  }
}

}  // namespace modelgates::gateway
