#include "call/call.h"

#include <grpc/support/time.h>

#include "call/open_calls.h"

namespace modelgates::gateway {
namespace {

// Converted to a duration first, so that a later step of the wall clock does not move the
// deadline.
TimePoint ToSteady(gpr_timespec deadline, TimePoint now) {
  if (gpr_time_cmp(deadline, gpr_inf_future(deadline.clock_type)) == 0) return TimePoint::max();
  const gpr_timespec left = gpr_time_sub(deadline, gpr_now(deadline.clock_type));
  // More than a year counts as no deadline, so that the sum below does not overflow.
  constexpr int64_t kYearSeconds = 365 * 24 * 3600;
  if (left.tv_sec > kYearSeconds) return TimePoint::max();
  return now + std::chrono::seconds(left.tv_sec) + std::chrono::nanoseconds(left.tv_nsec);
}

}  // namespace

Call::Call(Rpc rpc, const Handed& handed, const Parts& parts)
    : ServerCall(handed), rpc_(rpc), parts_(parts) {}

void Call::Begin() {
  self_ = shared_from_this();
  CallsOfGrpc().Opened();
  parts_.incomplete.Add(*this, Connection());
  StartReading();
}

void Call::OnRequest(std::optional<std::string_view> bytes) {
  if (!parts_.incomplete.Remove(*this)) {
    SendNothing();
    return;
  }
  started_ = parts_.loop.Now();
  caller_deadline_ = ToSteady(context().raw_deadline(), started_);
  malformed_ = !bytes || !Parse(*bytes);
  parts_.taker.Take(shared_from_this());
}

void Call::OnNoRequest() {
  parts_.incomplete.Remove(*this);
  SendNothing();
}

void Call::GiveUpRequest(const char* why) { Cancel(GRPC_STATUS_UNAVAILABLE, why); }

void Call::Admit(Admission& admission) {
  admitted_by_ = &admission;
  Happened(kAdmitted);
}

void Call::FinishWith(const grpc::Status& status) {
  if (admitted_by_ != nullptr) admitted_by_->Leave();
  entered_.place.GiveBack();
  Send(status, ReplyMessage());
  // Other owners may keep the call object longer; its secrets must not live that long.
  ForgetMessages();
}

void Call::GiveUp() { Cancel(GRPC_STATUS_CANCELLED, "the reply was not read"); }

std::string_view Call::Metadata(std::string_view key) const {
  const auto& metadata = context().client_metadata();
  const auto found = metadata.find(grpc::string_ref(key.data(), key.size()));
  if (found == metadata.end()) return {};
  return {found->second.data(), found->second.size()};
}

std::string_view Call::OnlyMetadata(std::string_view key) const {
  const auto values = MetadataValues(key);
  return values.size() == 1 ? values.front() : std::string_view();
}

absl::InlinedVector<std::string_view, 1> Call::MetadataValues(std::string_view key) const {
  const auto [first, last] =
      context().client_metadata().equal_range(grpc::string_ref(key.data(), key.size()));
  absl::InlinedVector<std::string_view, 1> values;
  for (auto it = first; it != last; ++it) values.emplace_back(it->second.data(), it->second.size());
  return values;
}

void Call::OnCancel() { Happened(kCancelled); }

// Requests the stop on the loop, where it has no effect if the call has ended.
void Call::Happened(Event event) {
  const uint8_t before = events_.fetch_or(event);
  if ((before | event) != (kAdmitted | kCancelled)) return;
  parts_.loop.Post([self = shared_from_this()] { self->stop_.request_stop(); });
}

void Call::OnDone() {
  CallsOfGrpc().Ended();
  done_ = true;
  self_.reset();
}

}  // namespace modelgates::gateway
