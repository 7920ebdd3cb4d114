#include "config/settings_text.h"

#include <fmt/format.h>

#include <string_view>

#include "config/settings.h"

namespace modelgates::gateway {
namespace {

constexpr size_t kColumns = 100;

std::string Show(const Setting& setting, const Config& config) {
  const std::string text = setting.print(config);
  return setting.redact ? setting.redact(text) : text;
}

// Appends the words of `text`, each line indented and at most kColumns wide.
void Wrap(std::string_view text, size_t indent, std::string& out) {
  size_t column = 0;
  while (!text.empty()) {
    const size_t space = text.find(' ');
    const std::string_view word = text.substr(0, space);
    if (column != 0 && column + 1 + word.size() > kColumns) {
      out += '\n';
      column = 0;
    }
    out.append(column == 0 ? indent : 1, ' ').append(word);
    column += (column == 0 ? indent : 1) + word.size();
    text.remove_prefix(space == std::string_view::npos ? text.size() : space + 1);
  }
  out += '\n';
}

std::string Usage(const Setting& setting) {
  return setting.is_switch() ? fmt::format("--[no]{}", setting.name)
                             : fmt::format("--{}={}", setting.name, setting.value);
}

}  // namespace

std::string DescribeSettings(const Config& config, bool has_key, const SettingSources& sources) {
  std::string out;
  for (const Setting& setting : Settings()) {
    const auto source = sources.find(setting.name);
    if (source != sources.end()) out += fmt::format("# {}\n", source->second);
    out += fmt::format("--{}={}\n", setting.name, Show(setting, config));
  }
  out += fmt::format("# the gateway's key: {}\n", has_key ? "<redacted>" : "none");
  return out;
}

std::vector<ShownSetting> ChangedSettings(const Config& config, const SettingSources& sources) {
  std::vector<ShownSetting> changed;
  const Config by_default;
  for (const Setting& setting : Settings()) {
    if (setting.print(config) == setting.print(by_default)) continue;
    const auto source = sources.find(setting.name);
    changed.push_back({std::string(setting.name), Show(setting, config),
                       source != sources.end() ? source->second : ""});
  }
  return changed;
}

std::vector<std::string> FilesOf(const Config& config) {
  std::vector<std::string> files;
  for (const Setting& setting : Settings()) {
    const bool is_path = setting.name.ends_with("_file") || setting.name.ends_with("_dir");
    if (is_path && !setting.print(config).empty()) files.emplace_back(setting.name);
  }
  return files;
}

std::string HelpText() {
  std::string out =
      "usage: oauth-gateway [--name=value ...] [--flagfile=FILE]\n\n"
      "Serves the ModelGates OAuth operations over gRPC. Each setting has a default, a flag and\n"
      "an environment variable; the flag wins. A DURATION has a unit: 500ms, 1.5s, 2m, 1h. A\n"
      "flagfile has one flag per line. On SIGHUP the gateway reads it again: settings marked\n"
      "\"live\" change at once, the others at the next start.\n\n";
  for (const Setting& setting : Settings()) {
    const std::string by_default = Show(setting, Config());
    out += fmt::format("  {:<37} {}\n", Usage(setting), setting.EnvironmentName());
    Wrap(fmt::format("{} [default: {}{}]", setting.help, by_default.empty() ? "none" : by_default,
                     setting.live ? "; live" : ""),
         6, out);
  }
  out += "\n  --help\n      Print this and exit.\n  --version\n      Print the version and exit.\n";
  return out;
}

}  // namespace modelgates::gateway
