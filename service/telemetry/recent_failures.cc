#include "telemetry/recent_failures.h"

#include <algorithm>
#include <array>
#include <utility>

namespace modelgates::gateway {

void RecentFailures::Add(RecentFailure failure) {
  failure.at = clock_();
  const std::scoped_lock lock(mutex_);
  if (failures_.size() == kMax) {
    const std::string_view frequent = MostFrequentReason();
    failures_.erase(std::find_if(failures_.begin(), failures_.end(), [frequent](const auto& other) {
      return other.reason == frequent;
    }));
  }
  failures_.push_back(std::move(failure));
}

std::vector<RecentFailure> RecentFailures::Newest() const {
  const std::scoped_lock lock(mutex_);
  return {failures_.rbegin(), failures_.rend()};
}

// A flood has few reasons, so this is a few comparisons for each failure.
std::string_view RecentFailures::MostFrequentReason() const {
  struct Count {
    std::string_view reason{};
    int failures = 0;
  };
  std::array<Count, kMax> counts;
  auto end = counts.begin();
  for (const RecentFailure& failure : failures_) {
    const auto found = std::find_if(counts.begin(), end, [&failure](const Count& count) {
      return count.reason == failure.reason;
    });
    if (found == end) *end++ = {failure.reason, 0};
    ++found->failures;
  }
  return std::max_element(counts.begin(), end,
                          [](const Count& a, const Count& b) { return a.failures < b.failures; })
      ->reason;
}

}  // namespace modelgates::gateway
