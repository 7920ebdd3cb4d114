#include "config/flags.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <span>

#include "base/ascii.h"
#include "config/command_line.h"
#include "config/cross_rules.h"
#include "config/key_file.h"
#include "config/settings.h"
#include "config/settings_text.h"
#include "config/value_rules.h"

namespace modelgates::gateway {
namespace {

Rule TokenFileRule(std::string_view path) { return ToRule(ReadTokenFile(std::string(path))); }

constexpr SettingRules::ValueRule kOwnFileRules[] = {{"admin_bearer_file", TokenFileRule},
                                                     {"caller_keys_dir", FolderRule},
                                                     {"upstream_ca_file", CaFileRule},
                                                     {"exchange_store_ca_file", CaFileRule}};

// Fills in the Config and collects the errors and the wrong settings.
class Loader {
 public:
  Loader(CommandLine command_line, const Environment& environment, const SettingRules& rules)
      : given_(std::move(command_line.values)),
        errors_(std::move(command_line.errors)),
        environment_(environment),
        rules_(rules) {}

  void ReadSettings() {
    for (const Setting& setting : Settings()) {
      if (!given_.contains(setting.name)) {
        const std::string variable = setting.EnvironmentName();
        const auto found = environment_.find(variable);
        if (found == environment_.end()) continue;
        // Templates write an empty variable for an absent value.
        if (found->second.empty() && !TakesEmpty(setting)) continue;
        given_[setting.name] = {found->second, "environment variable " + variable};
      }
      if (const Rule broken = Parse(setting, given_[setting.name].text, config_)) {
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
    const std::string_view key = Trim(found->second);
    if (const Rule broken = KeyRule(key)) {
      errors_.push_back(fmt::format("{} (environment variable) {}", kKeyVariable, *broken));
    }
    config_.api_key = Secret(key);
  }

  void CheckFiles() {
    CheckFiles(kOwnFileRules);
    CheckFiles(rules_.files);
  }

  void CheckCrossRules() {
    CheckCrossRules(CrossRules());
    CheckCrossRules(rules_.pairs);
  }

  std::vector<std::string> WarningsOfAll() const {
    std::vector<std::string> texts;
    for (const std::span<const Warning> list : {Warnings(), std::span(rules_.warnings)}) {
      for (const Warning& warning : list) {
        if (warning.applies(config_)) texts.emplace_back(warning.text);
      }
    }
    return texts;
  }

  SettingSources Sources() const {
    SettingSources sources;
    for (const auto& [name, given] : given_) sources[name] = given.source;
    return sources;
  }

  std::vector<std::string>& errors() { return errors_; }
  Config& config() { return config_; }

 private:
  Rule Parse(const Setting& setting, std::string_view text, Config& config) const {
    if (Rule broken = setting.parse(text, config)) return broken;
    for (const SettingRules::ValueRule& rule : rules_.values) {
      if (rule.setting == setting.name) return rule.check(setting.print(config));
    }
    return std::nullopt;
  }

  bool TakesEmpty(const Setting& setting) const {
    Config config;
    return !Parse(setting, "", config);
  }

  void CheckFiles(std::span<const SettingRules::ValueRule> rules) {
    for (const SettingRules::ValueRule& rule : rules) {
      const Setting& setting = *FindSetting(rule.setting);
      const std::string path = setting.print(config_);
      if (path.empty()) continue;
      if (const Rule broken = rule.check(path)) AddError(setting, *broken);
    }
  }

  void CheckCrossRules(std::span<const CrossRule> rules) {
    for (const CrossRule& rule : rules) {
      const bool understood =
          std::none_of(rule.settings.begin(), rule.settings.end(),
                       [this](std::string_view name) { return wrong_.contains(name); });
      if (understood && !rule.holds(config_)) AddCrossError(rule);
    }
  }

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

  // --name="value" (source), with the value as given.
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
  const SettingRules& rules_;
  std::set<std::string_view> wrong_;
  Config config_;
};

}  // namespace

LoadResult Load(const std::vector<std::string>& args, const Environment& environment,
                const SettingRules& rules, std::string_view commit) {
  CommandLine command_line = ReadCommandLine(args);
  LoadResult result;
  if (command_line.help) {
    result.output = HelpText();
    return result;
  }
  if (command_line.version) {
    result.output = fmt::format("oauth-gateway {} ({})\n", GATEWAY_VERSION, commit);
    return result;
  }

  Loader loader(std::move(command_line), environment, rules);
  loader.ReadSettings();
  // A probe reads no file: a gateway that still uses the previous content of a broken file is
  // healthy.
  if (loader.config().probe == ProbeKind::kNone) {
    loader.CheckFiles();
    loader.ReadKey();
  }
  loader.CheckCrossRules();
  if (!loader.errors().empty()) {
    result.errors = std::move(loader.errors());
    result.exit_status = 2;
    return result;
  }
  result.warnings = loader.WarningsOfAll();
  SettingRules::Variables variables;
  if (rules.read_variables != nullptr) variables = rules.read_variables(environment);
  std::move(variables.warnings.begin(), variables.warnings.end(),
            std::back_inserter(result.warnings));
  if (loader.config().check_config) {
    result.output = DescribeSettings(loader.config(), !loader.config().api_key.empty());
    for (const std::string& line : variables.lines) result.output += fmt::format("# {}\n", line);
  } else {
    result.sources = loader.Sources();
    result.config = std::move(loader.config());
  }
  return result;
}

}  // namespace modelgates::gateway
