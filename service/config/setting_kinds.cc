#include "config/setting_kinds.h"

#include <charconv>

namespace modelgates::gateway {

using std::chrono::milliseconds;

Setting Text(std::string_view name, std::string_view value, std::string Config::*member,
             Empty empty, Rule (*rule)(std::string_view), std::string_view help,
             std::string (*redact)(std::string_view)) {
  Setting setting{name, value, help, nullptr, nullptr, redact};
  setting.parse = [=](std::string_view text, Config& config) -> Rule {
    const bool off = text.empty() && empty == Empty::kAllowed;
    if (Rule broken = off || !rule ? std::nullopt : rule(text)) return broken;
    config.*member = text;
    return std::nullopt;
  };
  setting.print = [=](const Config& config) { return config.*member; };
  return setting;
}

Setting Address(std::string_view name, std::string Config::*member, Empty empty,
                Rule (*rule)(std::string_view), std::string_view help) {
  Setting setting = Text(name, "HOST:PORT", member, empty, rule, help);
  setting.parse = [parse = std::move(setting.parse)](std::string_view text, Config& config) {
    return text.starts_with(':') ? parse(fmt::format("0.0.0.0{}", text), config)
                                 : parse(text, config);
  };
  return setting;
}

Setting SecretUrl(std::string_view name, Secret Config::*member, std::string_view help) {
  Setting setting{name, "URL", help, nullptr, nullptr, RedactUrl};
  setting.parse = [=](std::string_view text, Config& config) -> Rule {
    if (text.ends_with('/')) text.remove_suffix(1);
    config.*member = Secret(text);
    return std::nullopt;
  };
  setting.print = [=](const Config& config) { return std::string((config.*member).Reveal()); };
  return setting;
}

Setting Switch(std::string_view name, bool Config::*member, std::string_view help) {
  Setting setting{name, "", help, nullptr, nullptr};
  setting.parse = [=](std::string_view text, Config& config) -> Rule {
    for (const std::string_view yes : {"true", "t", "yes", "y", "on", "1"}) {
      if (EqualsIgnoringCase(text, yes)) {
        config.*member = true;
        return std::nullopt;
      }
    }
    for (const std::string_view no : {"false", "f", "no", "n", "off", "0"}) {
      if (EqualsIgnoringCase(text, no)) {
        config.*member = false;
        return std::nullopt;
      }
    }
    return "must be true or false (or yes, no, on, off, 1, 0)";
  };
  setting.print = [=](const Config& config) { return config.*member ? "true" : "false"; };
  return setting;
}

Setting Count(std::string_view name, int Config::*member, int least, int most,
              std::string_view help) {
  Setting setting{name, "COUNT", help, nullptr, nullptr};
  setting.parse = [=](std::string_view text, Config& config) -> Rule {
    int number = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc() || stop != end || number < least || number > most) {
      return fmt::format("must be a whole number from {} to {}", least, most);
    }
    config.*member = number;
    return std::nullopt;
  };
  setting.print = [=](const Config& config) { return fmt::format("{}", config.*member); };
  return setting;
}

Setting Factor(std::string_view name, double Config::*member, double least, double most,
               std::string_view help) {
  Setting setting{name, "FACTOR", help, nullptr, nullptr};
  setting.parse = [=](std::string_view text, Config& config) -> Rule {
    double number = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    // Negated, so that NaN is refused: every comparison with it is false.
    if (error != std::errc() || stop != end || !(number >= least && number <= most)) {
      return fmt::format("must be a number from {} to {}", least, most);
    }
    config.*member = number;
    return std::nullopt;
  };
  setting.print = [=](const Config& config) { return fmt::format("{}", config.*member); };
  return setting;
}

Setting DurationSetting(std::string_view name, milliseconds Config::*member, milliseconds least,
                        milliseconds most, std::string_view help) {
  Setting setting{name, "DURATION", help, nullptr, nullptr};
  setting.parse = [=](std::string_view text, Config& config) -> Rule {
    const std::optional<milliseconds> length = ParseDuration(text);
    if (!length || *length < least || *length > most) {
      return fmt::format(
          "must be a duration from {} to {} in whole milliseconds, such as 500ms, 30s or 1m30s",
          PrintDuration(least), PrintDuration(most));
    }
    config.*member = *length;
    return std::nullopt;
  };
  setting.print = [=](const Config& config) { return PrintDuration(config.*member); };
  return setting;
}

}  // namespace modelgates::gateway
