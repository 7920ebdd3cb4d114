#include "caller/caller_limits.h"

#include <algorithm>
#include <chrono>
#include <limits>

namespace modelgates::gateway {
namespace {

double BurstOf(const CallerShare& share) {
  return share.rate.value_or(std::numeric_limits<double>::infinity());
}

}  // namespace

CallerLimits::CallerLimits(size_t max_callers)
    : max_per_shard_(std::max<size_t>(1, max_callers / kShards)) {}

std::variant<CallerLimits::Place, CallerRefusal> CallerLimits::Enter(std::string_view text,
                                                                     const CallerShare& share,
                                                                     TimePoint now) {
  if (!share.rate && !share.concurrent) return Place();
  // The upper bits, because the hash table of the shard uses the lower ones.
  Shard& shard = shards_[(Hash()(text) >> 32) % kShards];
  const std::scoped_lock lock(shard.mutex);
  Caller* const caller = FindOrAdd(shard, text, BurstOf(share), now);
  if (caller == nullptr) return CallerRefusal::kCallers;
  caller->share = share;
  if (share.rate) {
    // Threads read the clock before they take the lock, so `now` may be earlier than the last one.
    const std::chrono::duration<double> passed = std::max(now - caller->filled, Duration::zero());
    caller->tokens = std::min(BurstOf(share), caller->tokens + *share.rate * passed.count());
    caller->filled = std::max(caller->filled, now);
    if (caller->tokens < 1) return CallerRefusal::kRate;
  }
  if (share.concurrent && caller->calls >= *share.concurrent) return CallerRefusal::kConcurrent;
  if (share.rate) caller->tokens -= 1;
  if (caller->calls++ == 0) shard.idle.erase(shard.idle.iterator_to(*caller));
  return Place(*caller);
}

CallerLimits::Caller* CallerLimits::FindOrAdd(Shard& shard, std::string_view text, double burst,
                                              TimePoint now) const {
  const auto found = shard.callers.find(text);
  if (found != shard.callers.end()) {
    Caller& caller = found->second;
    // Also for calls that are then refused: removing the caller would give it an unused share.
    if (caller.is_linked()) {
      shard.idle.splice(shard.idle.end(), shard.idle, shard.idle.iterator_to(caller));
    }
    return &caller;
  }
  if (shard.callers.size() >= max_per_shard_) {
    if (shard.idle.empty()) return nullptr;
    Caller& oldest = shard.idle.front();
    shard.idle.pop_front();
    shard.callers.erase(shard.callers.find(*oldest.text));
  }
  const auto added = shard.callers.try_emplace(std::string(text), shard, burst, now).first;
  added->second.text = &added->first;
  shard.idle.push_back(added->second);
  return &added->second;
}

void CallerLimits::Leave(Caller& caller) {
  const std::scoped_lock lock(caller.shard.mutex);
  if (--caller.calls == 0) caller.shard.idle.push_back(caller);
}

double CallerLimits::UsedShare(const Caller& caller, TimePoint now) {
  double used = 0;
  if (caller.share.concurrent) used = static_cast<double>(caller.calls) / *caller.share.concurrent;
  if (caller.share.rate) {
    const std::chrono::duration<double> passed = std::max(now - caller.filled, Duration::zero());
    const double unused = caller.tokens / *caller.share.rate + passed.count();
    used = std::max(used, 1 - unused);
  }
  return std::min(used, 1.0);
}

std::vector<CallerLimits::Use> CallerLimits::Busiest(size_t max, TimePoint now) const {
  std::vector<Use> busiest;
  for (const Shard& shard : shards_) {
    const std::scoped_lock lock(shard.mutex);
    for (const auto& [text, caller] : shard.callers) {
      const double used = UsedShare(caller, now);
      if (used <= 0) continue;
      const auto place = std::find_if(busiest.begin(), busiest.end(),
                                      [used](const Use& use) { return use.used < used; });
      if (place == busiest.end() && busiest.size() >= max) continue;
      busiest.insert(place, {text, caller.calls, caller.share, used});
      if (busiest.size() > max) busiest.pop_back();
    }
  }
  return busiest;
}

size_t CallerLimits::callers() const {
  size_t count = 0;
  for (const Shard& shard : shards_) {
    const std::scoped_lock lock(shard.mutex);
    count += shard.callers.size();
  }
  return count;
}

}  // namespace modelgates::gateway
