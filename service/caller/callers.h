#pragma once

#include <memory>
#include <mutex>
#include <string_view>
#include <variant>
#include <vector>

#include "caller/caller_identity.h"
#include "caller/caller_limits.h"
#include "caller/caller_rules.h"

namespace modelgates::gateway {

// Decides which methods a caller may call and how often: the rules in use, and the used part of
// each caller's share. Checked before a call is admitted. Any thread.
class Callers {
 public:
  // `max_callers`: see CallerLimits.
  Callers(CallerRules rules, size_t max_callers);
  Callers(const Callers&) = delete;
  Callers& operator=(const Callers&) = delete;

  // Replaces the rules. Running calls continue and are counted. False: no rule has changed.
  bool Use(CallerRules rules);

  // `path`: /package.Service/Method. Does not use the caller's share.
  bool Allow(const CallerIdentity& caller, std::string_view path) const;
  // As Allow, and takes a place in the caller's share.
  struct Entered {
    CallerLimits::Place place;
    KeyFileName key_file;
  };
  std::variant<Entered, CallerRefusal> Enter(const CallerIdentity& caller, std::string_view path,
                                             TimePoint now);

  // CallerLimits::Busiest.
  std::vector<CallerLimits::Use> Busiest(size_t max, TimePoint now) const {
    return limits_.Busiest(max, now);
  }

  // CallerLimits::callers.
  size_t counted() const { return limits_.callers(); }

 private:
  std::shared_ptr<const CallerRules> rules() const;

  mutable std::mutex mutex_;
  std::shared_ptr<const CallerRules> rules_;  // guarded by mutex_
  CallerLimits limits_;
};

}  // namespace modelgates::gateway
