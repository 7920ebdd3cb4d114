#include "caller/callers.h"

#include <utility>

namespace modelgates::gateway {
namespace {

const CallerRule* RuleFor(const CallerRules& rules, const CallerIdentity& caller,
                          std::string_view path) {
  const CallerRule* const rule = rules.Find(caller);
  return rule != nullptr && rule->methods.Allow(path) ? rule : nullptr;
}

}  // namespace

Callers::Callers(CallerRules rules, size_t max_callers)
    : rules_(std::make_shared<const CallerRules>(std::move(rules))), limits_(max_callers) {}

bool Callers::Use(CallerRules rules) {
  if (rules == *this->rules()) return false;
  auto changed = std::make_shared<const CallerRules>(std::move(rules));
  const std::scoped_lock lock(mutex_);
  rules_.swap(changed);
  return true;
}

bool Callers::Allow(const CallerIdentity& caller, std::string_view path) const {
  return RuleFor(*rules(), caller, path) != nullptr;
}

std::variant<Callers::Entered, CallerRefusal> Callers::Enter(const CallerIdentity& caller,
                                                             std::string_view path, TimePoint now) {
  const auto in_use = rules();
  const CallerRule* const rule = RuleFor(*in_use, caller, path);
  if (rule == nullptr) return CallerRefusal::kNotAllowed;
  auto place = limits_.Enter(caller.text(), rule->share, now);
  if (const auto* why = std::get_if<CallerRefusal>(&place)) return *why;
  Entered entered{std::get<CallerLimits::Place>(std::move(place)), {}};
  if (!rule->key_file.empty()) entered.key_file = KeyFileName(in_use, &rule->key_file);
  return entered;
}

std::shared_ptr<const CallerRules> Callers::rules() const {
  const std::scoped_lock lock(mutex_);
  return rules_;
}

}  // namespace modelgates::gateway
