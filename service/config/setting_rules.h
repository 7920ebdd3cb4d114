#pragma once

#include <string_view>
#include <vector>

#include "config/cross_rules.h"
#include "config/value_rules.h"

namespace modelgates::gateway {

// Rules of settings that rooms above config/ know: the forms of their URLs, texts and files. Load
// (flags.h) applies them in addition to its own.
struct SettingRules {
  struct ValueRule {
    std::string_view setting;
    Rule (*check)(std::string_view value);
  };
  // Of a value as the Config has it, the empty one included.
  std::vector<ValueRule> values;
  // Of what the file at a path holds.
  std::vector<ValueRule> files;
  std::vector<CrossRule> pairs;
  std::vector<Warning> warnings;
};

}  // namespace modelgates::gateway
