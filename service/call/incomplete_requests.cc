#include "call/incomplete_requests.h"

#include <utility>

namespace modelgates::gateway {
namespace {

constexpr char kNotComplete[] = "the request was not complete in time: send it again";
constexpr char kTooManyOfConnection[] =
    "too many requests of this connection were not complete: send it again";

}  // namespace

IncompleteRequests::IncompleteRequests(EventLoop& loop, ByteCounter& received, Options options)
    : loop_(loop), received_(received), options_(std::move(options)) {
  received_.SetAlarm(this);
}

IncompleteRequests::~IncompleteRequests() { received_.RemoveAlarm(this); }

void IncompleteRequests::SetMaxRequests(size_t max_requests) {
  const std::scoped_lock lock(mutex_);
  max_requests_ = max_requests;
}

void IncompleteRequests::Add(IncompleteRequest& request, const void* connection) {
  Shared too_many;
  const char* why = kNotComplete;
  bool start_sweeping = false;
  {
    const std::scoped_lock lock(mutex_);
    if (Count(request, connection)) {
      request.bytes_before_ = received_.total();
      request.sweeps_before_ = sweeps_;
      requests_.push_back(request);
      while (requests_.size() > max_requests_) too_many.push_back(TakeOldest());
      start_sweeping = !std::exchange(sweeping_, true);
      if (!std::exchange(alarm_set_, true)) {
        received_.AlarmAt(request.bytes_before_ + options_.max_bytes);
      }
    } else {
      too_many.push_back(request.Share());
      why = kTooManyOfConnection;
      ++ending_;
    }
    if (ending_ >= options_.max_ending) received_.SetCrowded(true);
  }
  GiveUp(too_many, why);
  if (start_sweeping) {
    loop_.Post([this] { loop_.Start(*this, loop_.Now() + options_.patience / 2); });
  }
}

bool IncompleteRequests::Count(IncompleteRequest& request, const void* connection) {
  if (connection == nullptr) return true;
  size_t& count = of_connection_[connection];
  if (count >= options_.max_of_connection) return false;
  ++count;
  request.connection_ = connection;
  return true;
}

void IncompleteRequests::Uncount(const IncompleteRequest& request) {
  const auto found = of_connection_.find(request.connection_);
  if (found != of_connection_.end() && --found->second == 0) of_connection_.erase(found);
}

bool IncompleteRequests::Remove(IncompleteRequest& request) {
  const std::scoped_lock lock(mutex_);
  if (request.is_linked()) {
    requests_.erase(requests_.iterator_to(request));
    Uncount(request);
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
  GiveUp(old, kNotComplete);
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
  GiveUp(large, kNotComplete);
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
  Uncount(*oldest);
  ++ending_;
  return oldest;
}

// Not under the lock: gRPC may call back at once.
void IncompleteRequests::GiveUp(const Shared& requests, const char* why) const {
  for (const auto& request : requests) {
    options_.on_given_up();
    request->GiveUpRequest(why);
  }
}

}  // namespace modelgates::gateway
