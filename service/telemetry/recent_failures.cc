#include "telemetry/recent_failures.h"

#include <algorithm>
#include <utility>

namespace modelgates::gateway {

void RecentFailures::Add(RecentFailure failure) {
  failure.at = clock_();
  const std::scoped_lock lock(mutex_);
  if (failures_.size() == kMax) {
    const auto count = [this](const RecentFailure& like) {
      return std::count_if(failures_.begin(), failures_.end(), [&like](const RecentFailure& other) {
        return other.reason == like.reason;
      });
    };
    // The first of several equal ones, which is the oldest.
    failures_.erase(std::max_element(
        failures_.begin(), failures_.end(),
        [&count](const RecentFailure& a, const RecentFailure& b) { return count(a) < count(b); }));
  }
  failures_.push_back(std::move(failure));
}

std::vector<RecentFailure> RecentFailures::Newest() const {
  const std::scoped_lock lock(mutex_);
  return {failures_.rbegin(), failures_.rend()};
}

}  // namespace modelgates::gateway
