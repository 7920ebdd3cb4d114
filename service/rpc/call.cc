#include "rpc/call.h"

#include <grpc/grpc.h>
#include <grpc/support/time.h>

namespace modelgates::gateway {
namespace {

// As a length of time first, so that a step of the wall clock between here and the deadline does
// not move it.
TimePoint ToSteady(gpr_timespec deadline, TimePoint now) {
  if (gpr_time_cmp(deadline, gpr_inf_future(deadline.clock_type)) == 0) return TimePoint::max();
  const gpr_timespec left = gpr_time_sub(deadline, gpr_now(deadline.clock_type));
  // Beyond a year it is no deadline, and the sum below stays in range.
  constexpr int64_t kYearSeconds = 365 * 24 * 3600;
  if (left.tv_sec > kYearSeconds) return TimePoint::max();
  return now + std::chrono::seconds(left.tv_sec) + std::chrono::nanoseconds(left.tv_nsec);
}

}  // namespace

Call::Call(Rpc rpc, grpc::CallbackServerContext& context, EventLoop& loop)
    : rpc_(rpc),
      context_(context),
      loop_(loop),
      started_(loop.Now()),
      caller_deadline_(ToSteady(context.raw_deadline(), started_)) {}

void Call::FinishWith(const grpc::Status& status) {
  if (admitted_by_ != nullptr) {
    // gRPC's own handle of the call: it outlives the context, which goes with OnDone.
    grpc_call* const call = context_.c_call();
    if (call != nullptr) grpc_call_ref(call);
    replied_ = call;
    admitted_by_->Leave();
  }
  Finish(status);
}

void Call::GiveUp() {
  grpc_call* const call = replied_.exchange(nullptr);
  if (call == nullptr) return;
  grpc_call_cancel(call, nullptr);
  grpc_call_unref(call);
}

void Call::AddTrailer(const std::string& name, const std::string& value) {
  context_.AddTrailingMetadata(name, value);
}

std::string_view Call::Metadata(std::string_view key) const {
  const auto& metadata = context_.client_metadata();
  const auto found = metadata.find(grpc::string_ref(key.data(), key.size()));
  if (found == metadata.end()) return {};
  return {found->second.data(), found->second.size()};
}

absl::InlinedVector<std::string_view, 1> Call::MetadataValues(std::string_view key) const {
  const auto [first, last] =
      context_.client_metadata().equal_range(grpc::string_ref(key.data(), key.size()));
  absl::InlinedVector<std::string_view, 1> values;
  for (auto it = first; it != last; ++it) values.emplace_back(it->second.data(), it->second.size());
  return values;
}

// Runs on a thread of gRPC, possibly while the loop finishes the call: the stop is requested on the
// loop, where it does nothing any more if the call is over.
void Call::OnCancel() {
  if (admitted_by_ == nullptr) return;  // the loop does not know it
  loop_.Post([self = shared_from_this()] { self->stop_.request_stop(); });
}

void Call::OnDone() {
  if (grpc_call* const call = replied_.exchange(nullptr)) grpc_call_unref(call);
  done_ = true;
  self_.reset();
}

}  // namespace modelgates::gateway
