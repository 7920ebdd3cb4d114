#include "config/flags.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "config/command_line.h"
#include "config/cross_rules.h"
#include "config/key_file.h"
#include "config/peppers.h"
#include "config/settings.h"
#include "config/settings_text.h"
#include "config/value_rules.h"

namespace modelgates::gateway {
namespace {

constexpr std::string_view kKeyVariable = "MODELGATES_API_KEY";

bool TakesEmpty(const Setting& setting) {
  Config config;
  return !setting.parse("", config);
}

// Fills in the Config and remembers what went wrong, and with which settings.
class Loader {
 public:
  Loader(CommandLine command_line, const Environment& environment)
      : given_(std::move(command_line.values)),
        errors_(std::move(command_line.errors)),
        environment_(environment) {}

  void ReadSettings() {
    for (const Setting& setting : Settings()) {
      if (!given_.contains(setting.name)) {
        const std::string variable = setting.EnvironmentName();
        const auto found = environment_.find(variable);
        if (found == environment_.end()) continue;
        // What templates make of a value that nobody gave.
        if (found->second.empty() && !TakesEmpty(setting)) continue;
        given_[setting.name] = {found->second, "environment variable " + variable};
      }
      if (const Rule broken = setting.parse(given_[setting.name].text, config_)) {
        AddError(setting, *broken);
      }
    }
    for (std::string& error : UnknownVariables(environment_)) errors_.push_back(std::move(error));
  }

  void ReadKey() {
    if (!config_.api_key_file.empty()) {
      absl::StatusOr<Secret> key = ReadKeyFile(config_.api_key_file);
      if (!key.ok()) {
        return AddError(*FindSetting("api_key_file"), std::string(key.status().message()));
      }
      config_.api_key = *std::move(key);
      return;
    }
    const auto found = environment_.find(kKeyVariable);
    if (found == environment_.end()) return;
    const std::string_view key = TrimKey(found->second);
    if (const Rule broken = KeyRule(key)) {
      errors_.push_back(fmt::format("{} (environment variable) {}", kKeyVariable, *broken));
    }
    config_.api_key = Secret(key);
  }

  void ReadPeppers() {
    if (config_.exchange_pepper_file.empty()) return;
    absl::StatusOr<Peppers> peppers = ReadPepperFile(config_.exchange_pepper_file);
    if (!peppers.ok()) {
      return AddError(*FindSetting("exchange_pepper_file"),
                      std::string(peppers.status().message()));
    }
    config_.exchange_peppers = *std::move(peppers);
  }

  void ReadCaFiles() {
    for (const auto& [name, path] : {std::pair("upstream_ca_file", &config_.upstream_ca_file),
                                     {"exchange_store_ca_file", &config_.exchange_store_ca_file}}) {
      if (path->empty()) continue;
      if (const Rule broken = CaFileRule(*path)) AddError(*FindSetting(name), *broken);
    }
  }

  void CheckCrossRules() {
    for (const CrossRule& rule : CrossRules()) {
      const bool understood =
          std::none_of(rule.settings.begin(), rule.settings.end(),
                       [this](std::string_view name) { return wrong_.contains(name); });
      if (understood && !rule.holds(config_)) AddCrossError(rule);
    }
  }

  std::vector<std::string>& errors() { return errors_; }
  Config& config() { return config_; }

 private:
  void AddError(const Setting& setting, std::string_view rule) {
    wrong_.insert(setting.name);
    errors_.push_back(fmt::format("{} {}", Describe(setting), rule));
  }

  void AddCrossError(const CrossRule& rule) {
    std::string others;
    for (const std::string_view name : rule.settings) {
      if (name == rule.settings.front()) continue;
      others += fmt::format("{}{}", others.empty() ? "" : ", ", Describe(*FindSetting(name)));
    }
    errors_.push_back(
        fmt::format("{} {}: {}", Describe(*FindSetting(rule.settings.front())), rule.rule, others));
  }

  // --name="value" (source), as it was given.
  std::string Describe(const Setting& setting) const {
    const auto given = given_.find(setting.name);
    const bool is_default = given == given_.end();
    const std::string text = is_default ? setting.print(config_) : given->second.text;
    return fmt::format("--{}={} ({})", setting.name,
                       Quote(setting.redact ? setting.redact(text) : text),
                       is_default ? "default" : given->second.source);
  }

  std::map<std::string_view, GivenValue> given_;
  std::vector<std::string> errors_;
  const Environment& environment_;
  std::set<std::string_view> wrong_;
  Config config_;
};

}  // namespace

LoadResult Load(const std::vector<std::string>& args, const Environment& environment) {
  CommandLine command_line = ReadCommandLine(args);
  LoadResult result;
  if (command_line.help) {
    result.output = HelpText();
    return result;
  }
  if (command_line.version) {
    result.output = fmt::format("oauth-gateway {}\n", GATEWAY_VERSION);
    return result;
  }

  Loader loader(std::move(command_line), environment);
  loader.ReadSettings();
  // A probe needs no file, and must not take a gateway for ill that keeps what it has because a
  // file got wrong content.
  if (loader.config().probe == ProbeKind::kNone) {
    loader.ReadCaFiles();
    loader.ReadKey();
    loader.ReadPeppers();
  }
  loader.CheckCrossRules();
  if (!loader.errors().empty()) {
    result.errors = std::move(loader.errors());
    result.exit_status = 2;
    return result;
  }
  result.warnings = Warnings(loader.config());
  if (loader.config().check_config) {
    result.output = DescribeSettings(loader.config());
  } else {
    result.config = std::move(loader.config());
  }
  return result;
}

}  // namespace modelgates::gateway
