#pragma once

#include <absl/container/flat_hash_map.h>

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "caller/caller_identity.h"
#include "caller/caller_methods.h"
#include "caller/caller_pattern.h"

namespace modelgates::gateway {

// The limits of one caller; absent: no limit.
struct CallerShare {
  std::optional<double> rate;     // calls per second, with a burst of one second; 1 or more
  std::optional<int> concurrent;  // calls at once; 1 or more

  friend bool operator==(const CallerShare&, const CallerShare&) = default;
};

struct CallerRule {
  CallerPattern id;
  CallerMethods methods;
  CallerShare share;     // of each matching caller
  std::string key_file;  // file with the key that their calls are sent with; empty: the gateway's

  friend bool operator==(const CallerRule&, const CallerRule&) = default;
};

// The key file of the rule of a call, as it was when the call began; null: the rule has none.
using KeyFileName = std::shared_ptr<const std::string>;

// The rules of a callers file, in the order of the file.
class CallerRules {
 public:
  // False: a rule for the same callers exists.
  bool Add(CallerRule rule);

  // The first rule that matches `caller`; null: none, so it may call nothing.
  const CallerRule* Find(const CallerIdentity& caller) const;

  std::span<const CallerRule> all() const { return rules_; }

  friend bool operator==(const CallerRules& a, const CallerRules& b) {
    return a.rules_ == b.rules_;
  }

 private:
  std::vector<CallerRule> rules_;
  // Rules for one caller are found by their text. The others are compared one after the other.
  absl::flat_hash_map<std::string, size_t> by_text_;
  std::vector<size_t> wide_;
};

}  // namespace modelgates::gateway
