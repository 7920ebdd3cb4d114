#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/cross_rules.h"
#include "config/environment.h"
#include "config/value_rules.h"

namespace modelgates::gateway {

// Rules of settings that rooms above config/ define: the forms of their URLs, texts and files. Load
// (flags.h) applies them in addition to its own rules.
struct SettingRules {
  struct ValueRule {
    std::string_view setting;
    Rule (*check)(std::string_view value);
  };
  // Rules of values in the Config, including empty ones.
  std::vector<ValueRule> values;
  // Rules of the content of files.
  std::vector<ValueRule> files;
  std::vector<CrossRule> pairs;
  std::vector<Warning> warnings;
  // What variables mean that are no settings of the gateway: lines for --check_config, without
  // secrets, and what is wrong with them. May be null.
  struct Variables {
    std::vector<std::string> lines;
    std::vector<std::string> warnings;
  };
  Variables (*read_variables)(const Environment&) = nullptr;
};

}  // namespace modelgates::gateway
