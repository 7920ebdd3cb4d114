#pragma once

#include <memory>
#include <mutex>
#include <string_view>
#include <variant>

#include "caller/caller_identity.h"
#include "caller/caller_limits.h"
#include "caller/caller_rules.h"

namespace modelgates::gateway {

// Who may call what, and how much: the rules in use, and what callers have taken of their shares.
// Asked before a call is admitted. Any thread.
class Callers {
 public:
  // `max_callers`: see CallerLimits.
  Callers(CallerRules rules, size_t max_callers);
  Callers(const Callers&) = delete;
  Callers& operator=(const Callers&) = delete;

  // From now on. Calls under way go on, and count. False: these are in use already.
  bool Use(CallerRules rules);

  // `path` as HTTP/2 has it: /package.Service/Method. Takes nothing of the caller's share.
  bool Allow(const CallerIdentity& caller, std::string_view path) const;
  // The same, and a place in the caller's share.
  std::variant<CallerLimits::Place, CallerRefusal> Enter(const CallerIdentity& caller,
                                                         std::string_view path, TimePoint now);

  // How many callers are counted.
  size_t counted() const { return limits_.callers(); }

 private:
  std::shared_ptr<const CallerRules> rules() const;

  mutable std::mutex mutex_;
  std::shared_ptr<const CallerRules> rules_;  // guarded by mutex_
  CallerLimits limits_;
};

}  // namespace modelgates::gateway
