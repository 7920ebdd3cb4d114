#include "telemetry/upstream_failures.h"

#include <utility>

namespace modelgates::gateway {
namespace {

constexpr std::chrono::seconds kLineInterval{60};
constexpr std::chrono::seconds kQuiet{10};

}  // namespace

std::optional<uint64_t> UpstreamFailures::OnFailed(TransportFailure failure, FailureDetail detail,
                                                   TimePoint now) {
  // The caller left; it says nothing about the upstream.
  if (failure == TransportFailure::kCancelled) return std::nullopt;
  ++failures_;
  last_failure_ = now;
  Cause& cause = causes_[static_cast<size_t>(failure) * kDetails + static_cast<size_t>(detail)];
  ++cause.unsaid;
  if (cause.next_line && now < *cause.next_line) return std::nullopt;
  cause.next_line = now + kLineInterval;
  return std::exchange(cause.unsaid, 0);
}

std::optional<uint64_t> UpstreamFailures::OnAnswered(TimePoint now) {
  if (failures_ == 0 || now < last_failure_ + kQuiet) return std::nullopt;
  causes_ = {};
  return std::exchange(failures_, 0);
}

}  // namespace modelgates::gateway
