#include "caller/caller_rules.h"

#include <utility>

namespace modelgates::gateway {

bool CallerRules::Add(CallerRule rule) {
  if (!by_text_.emplace(rule.id.text(), rules_.size()).second) return false;
  if (!rule.id.IsOneCaller()) wide_.push_back(rules_.size());
  rules_.push_back(std::move(rule));
  return true;
}

const CallerRule* CallerRules::Find(const CallerIdentity& caller) const {
  size_t first = rules_.size();
  // The text of a caller never equals that of a pattern for several callers, with one exception:
  // the DNS name of a certificate with a wildcard.
  const auto found = by_text_.find(caller.text());
  if (found != by_text_.end() && rules_[found->second].id.Matches(caller)) first = found->second;
  for (const size_t i : wide_) {
    if (i >= first) break;
    if (rules_[i].id.Matches(caller)) first = i;
  }
  return first < rules_.size() ? &rules_[first] : nullptr;
}

}  // namespace modelgates::gateway
