#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "config/config.h"

namespace modelgates::gateway {

// A rule that several settings must satisfy together.
struct CrossRule {
  // Checked only if all of these are valid. The error names the first one.
  std::vector<std::string_view> settings;
  // Printed after the value of the first one: "must not be longer than --max_deadline".
  std::string_view rule;
  bool (*holds)(const Config& config);
};

std::span<const CrossRule> CrossRules();

// Settings that are allowed but probably a mistake.
struct Warning {
  std::string_view text;  // one sentence
  bool (*applies)(const Config& config);
};

std::span<const Warning> Warnings();

}  // namespace modelgates::gateway
