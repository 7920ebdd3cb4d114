#include "telemetry/exemplars.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace modelgates::gateway {
namespace {

// No name of a metric or label has a line break.
void AddToKey(std::string& key, std::string_view name, std::string_view value) {
  key.append("\n").append(name).append("=").append(value);
}

}  // namespace

void SeriesExemplars::Record(double value, const TraceContext& span) {
  if (!span.valid() || !span.sampled) return;
  const auto bucket = std::lower_bound(bounds_.begin(), bounds_.end(), value) - bounds_.begin();
  const std::chrono::duration<double> now = std::chrono::system_clock::now().time_since_epoch();
  const std::lock_guard lock(mutex_);
  newest_[static_cast<size_t>(bucket)] = {span, value, now.count()};
}

std::optional<Exemplar> SeriesExemplars::Newest(size_t bucket) const {
  const std::lock_guard lock(mutex_);
  const Exemplar& newest = newest_[bucket];
  if (!newest.span.valid()) return std::nullopt;
  return newest;
}

SeriesExemplars& Exemplars::Add(std::string_view metric, const prometheus::Labels& labels,
                                std::vector<double> bounds) {
  std::string key(metric);
  for (const auto& [name, value] : labels) AddToKey(key, name, value);
  return series_.try_emplace(std::move(key), std::move(bounds)).first->second;
}

const SeriesExemplars* Exemplars::Find(
    std::string_view metric, const std::vector<prometheus::ClientMetric::Label>& labels) const {
  std::string key(metric);
  for (const auto& label : labels) AddToKey(key, label.name, label.value);
  const auto found = series_.find(key);
  return found == series_.end() ? nullptr : &found->second;
}

}  // namespace modelgates::gateway
