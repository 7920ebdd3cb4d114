#include "frontend/limited_callers.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace modelgates::gateway {
namespace {

constexpr size_t kMaxCallers = 64;
constexpr std::chrono::seconds kInterval{1};

bool IsFewer(const std::pair<const std::string, uint64_t>& a,
             const std::pair<const std::string, uint64_t>& b) {
  return a.second < b.second;
}

}  // namespace

// Without a free counter a new caller takes over the lowest one (the Space-Saving algorithm of
// Metwally, Agrawal and El Abbadi), so every caller that is refused often has a counter.
void LimitedCallers::Add(std::string_view caller) {
  const std::scoped_lock lock(mutex_);
  if (total_++ == 0) loop_.Post([this] { loop_.Start(*this, loop_.Now() + kInterval); });
  if (const auto found = counts_.find(caller); found != counts_.end()) {
    ++found->second;
    return;
  }
  uint64_t count = 1;
  if (counts_.size() >= kMaxCallers) {
    const auto lowest = std::min_element(counts_.begin(), counts_.end(), IsFewer);
    count += lowest->second;
    counts_.erase(lowest);
  }
  counts_.emplace(caller, count);
}

void LimitedCallers::OnTimer() {
  Counts counts;
  uint64_t total = 0;
  {
    const std::scoped_lock lock(mutex_);
    counts.swap(counts_);
    total = std::exchange(total_, 0);
  }
  const auto most = std::max_element(counts.begin(), counts.end(), IsFewer);
  LogLine line = log_.Line(Severity::kWarning, "callers_limited",
                           "calls were refused because their callers are above their share");
  log_.Write(line.Add("caller", most->first)
                 .Add("refused_of_caller", most->second)
                 .Add("refused_in_all", total));
}

}  // namespace modelgates::gateway
