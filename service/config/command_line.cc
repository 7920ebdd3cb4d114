#include "config/command_line.h"

#include <fmt/format.h>

#include <optional>
#include <sstream>

#include "base/ascii.h"
#include "base/nearest_name.h"
#include "base/small_file.h"
#include "config/settings.h"
#include "config/value_rules.h"

namespace modelgates::gateway {
namespace {

// Depth of flagfiles within flagfiles; ends the recursion of a file that names itself.
constexpr int kMaxDepth = 8;
constexpr size_t kMaxFlagfileBytes = 1 << 20;

// One argument and its source.
struct Argument {
  std::string text;
  std::string source;
};

class Reader {
 public:
  explicit Reader(CommandLine& result) : result_(result) {}

  void Read(const std::vector<Argument>& arguments, int depth) {
    for (size_t i = 0; i < arguments.size(); ++i) {
      const Argument& argument = arguments[i];
      std::string_view text = argument.text;
      if (text == "--" && i + 1 == arguments.size()) return;
      if (!text.starts_with('-') || text == "-" || text == "--") {
        AddError("an argument is not a flag", argument);
        continue;
      }
      text.remove_prefix(text.starts_with("--") ? 2 : 1);

      const size_t equals = text.find('=');
      const std::string_view name = text.substr(0, equals);
      std::optional<std::string_view> value;
      if (equals != std::string_view::npos) value = text.substr(equals + 1);

      // The next argument as the value; unlike abseil, never a flag.
      const auto following = [&]() -> std::optional<std::string_view> {
        if (i + 1 == arguments.size() || arguments[i + 1].text.starts_with('-')) return {};
        return arguments[++i].text;
      };
      ReadFlag(name, value, following, argument, depth);
    }
  }

 private:
  template <class Following>
  void ReadFlag(std::string_view name, std::optional<std::string_view> value, Following following,
                const Argument& argument, int depth) {
    if (name == "help" || name == "h") {
      result_.help = true;
    } else if (name == "version") {
      result_.version = true;
    } else if (name == "flagfile") {
      if (!value) value = following();
      if (!value) return AddError("--flagfile needs a value", argument);
      ReadFlagfiles(*value, argument, depth);
    } else if (const Setting* setting = FindSetting(name)) {
      if (!value && setting->is_switch()) value = "true";
      if (!value) value = following();
      if (!value) return AddError(fmt::format("--{} needs a value", name), argument);
      result_.values[setting->name] = {std::string(*value), argument.source};
    } else if (const Setting* negated = FindNegated(name); negated && !value) {
      result_.values[negated->name] = {"false", argument.source};
    } else {
      AddError(fmt::format("--{} is no flag that is known, {}", Printable(name), Hint(name)),
               argument);
    }
  }

  void ReadFlagfiles(std::string_view paths, const Argument& argument, int depth) {
    while (!paths.empty()) {
      const size_t comma = paths.find(',');
      ReadFlagfile(std::string(paths.substr(0, comma)), argument, depth);
      if (comma == std::string_view::npos) return;
      paths.remove_prefix(comma + 1);
    }
  }

  void ReadFlagfile(const std::string& path, const Argument& argument, int depth) {
    const absl::StatusOr<std::string> content = ReadSmallFile(path, kMaxFlagfileBytes);
    if (!content.ok() || depth == kMaxDepth) {
      return AddError(
          fmt::format("--flagfile={} must be a file that can be read, at most {} within each other",
                      Quote(path), kMaxDepth),
          argument);
    }
    std::vector<Argument> lines;
    std::istringstream file(*content);
    std::string line;
    for (int number = 1; std::getline(file, line); ++number) {
      const std::string_view text = Trim(line);
      if (text.empty() || text.starts_with('#')) continue;
      lines.push_back({std::string(text), fmt::format("flagfile {}:{}", path, number)});
    }
    Read(lines, depth + 1);
  }

  static const Setting* FindNegated(std::string_view name) {
    if (!name.starts_with("no")) return nullptr;
    const Setting* setting = FindSetting(name.substr(2));
    return setting && setting->is_switch() ? setting : nullptr;
  }

  static std::string Hint(std::string_view name) {
    std::vector<std::string> known = {"help", "version", "flagfile"};
    for (const Setting& setting : Settings()) known.emplace_back(setting.name);
    for (const Setting& setting : Settings()) {
      if (setting.is_switch()) known.push_back(fmt::format("no{}", setting.name));
    }
    const std::string_view nearest = NearestName(name, known);
    return nearest.empty() ? "see --help" : fmt::format("did you mean --{}?", nearest);
  }

  void AddError(std::string_view what, const Argument& argument) {
    result_.errors.push_back(fmt::format("{} ({})", what, argument.source));
  }

  CommandLine& result_;
};

}  // namespace

CommandLine ReadCommandLine(const std::vector<std::string>& args) {
  std::vector<Argument> arguments;
  for (size_t i = 0; i < args.size(); ++i) {
    arguments.push_back({args[i], fmt::format("command line, argument {}", i + 1)});
  }
  CommandLine result;
  Reader(result).Read(arguments, 0);
  return result;
}

}  // namespace modelgates::gateway
