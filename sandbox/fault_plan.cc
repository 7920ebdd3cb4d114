#include "sandbox/fault_plan.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace modelgates::sandbox {

std::string_view ToName(FaultAction action) {
  switch (action) {
    case FaultAction::kStatus:
      return "status";
    case FaultAction::kDelay:
      return "delay";
    case FaultAction::kReset:
      return "reset";
    case FaultAction::kClose:
      return "close";
    case FaultAction::kTruncate:
      return "truncate";
    case FaultAction::kOversize:
      return "oversize";
    case FaultAction::kGarbage:
      return "garbage";
    case FaultAction::kHang:
      return "hang";
  }
  return "unknown";
}

bool ShapesAnAnswer(FaultAction action) {
  return action == FaultAction::kStatus || action == FaultAction::kTruncate ||
         action == FaultAction::kOversize;
}

void FaultPlan::Add(std::vector<FaultRule> rules) {
  const std::lock_guard lock(mutex_);
  std::move(rules.begin(), rules.end(), std::back_inserter(rules_));
}

void FaultPlan::Clear() {
  const std::lock_guard lock(mutex_);
  rules_.clear();
}

std::optional<FaultRule> FaultPlan::Take(std::string_view path, std::string_view auth_code) {
  const std::lock_guard lock(mutex_);
  const auto strikes = [&](const FaultRule& rule) {
    return (!rule.path || *rule.path == path) &&
           (!rule.auth_code || *rule.auth_code == auth_code) &&
           (rule.percent >= 100 || random_() % 100 < rule.percent);
  };
  const auto found = std::find_if(rules_.begin(), rules_.end(), strikes);
  if (found == rules_.end()) return {};
  FaultRule taken = *found;
  if (found->count == 1) {
    rules_.erase(found);
  } else if (found->count > 1) {
    --found->count;
  }
  return taken;
}

std::size_t FaultPlan::pending() const {
  const std::lock_guard lock(mutex_);
  return rules_.size();
}

}  // namespace modelgates::sandbox
