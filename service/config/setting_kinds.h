#pragma once

#include <fmt/format.h>

#include <chrono>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "config/settings.h"
#include "config/value_rules.h"

namespace modelgates::gateway {

// The kinds of rows in settings.cc. Each function returns the row of the flag `name` with its value
// in `member`; bounds are inclusive.

// Whether an empty value is valid, independent of the rule.
enum class Empty : uint8_t { kAllowed, kRefused };

// `rule` null: none here; a room above may have one (setting_rules.h). `redact` null: the value is
// not secret.
Setting Text(std::string_view name, std::string_view value, std::string Config::*member,
             Empty empty, Rule (*rule)(std::string_view), std::string_view help,
             std::string (*redact)(std::string_view) = nullptr);

// host:port, or what else `rule` accepts. ":port", which many programs accept, means 0.0.0.0:port.
Setting Address(std::string_view name, std::string Config::*member, Empty empty,
                Rule (*rule)(std::string_view), std::string_view help);

// A URL that may contain a password; may be empty or have a trailing slash. A room above has its
// rule.
Setting SecretUrl(std::string_view name, Secret Config::*member, std::string_view help);

// --name, --noname, --name=true or one of its synonyms.
Setting Switch(std::string_view name, bool Config::*member, std::string_view help);

Setting Count(std::string_view name, int Config::*member, int least, int most,
              std::string_view help);

Setting Factor(std::string_view name, double Config::*member, double least, double most,
               std::string_view help);

Setting DurationSetting(std::string_view name, std::chrono::milliseconds Config::*member,
                        std::chrono::milliseconds least, std::chrono::milliseconds most,
                        std::string_view help);

// One of the names in `list`, in upper or lower case. Names of the same value are adjacent: the
// first one is printed, the others are synonyms.
template <class T>
Setting Choice(std::string_view name, T Config::*member,
               std::initializer_list<std::pair<std::string_view, T>> list, std::string_view help) {
  const std::vector<std::pair<std::string_view, T>> choices(list);
  Setting setting{name, "CHOICE", help, nullptr, nullptr};
  setting.parse = [=](std::string_view text, Config& config) -> Rule {
    std::string names;
    std::optional<T> named;
    for (const auto& [choice, value] : choices) {
      if (EqualsIgnoringCase(text, choice)) {
        config.*member = value;
        return std::nullopt;
      }
      if (named != value) names += fmt::format("{}{}", names.empty() ? "" : ", ", choice);
      named = value;
    }
    return fmt::format("must be one of {}", names);
  };
  setting.print = [=](const Config& config) {
    for (const auto& [choice, value] : choices) {
      if (value == config.*member) return std::string(choice);
    }
    return std::string();
  };
  return setting;
}

}  // namespace modelgates::gateway
