#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "config/config.h"

namespace modelgates::gateway {

// A rule between settings that are each right by themselves.
struct CrossRule {
  // Judged only when each of these was understood. The first is the one that is called wrong.
  std::vector<std::string_view> settings;
  // Fit to follow the first one's value: "must not be longer than --max_deadline".
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
