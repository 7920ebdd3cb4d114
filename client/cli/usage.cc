#include "usage.h"

#include <algorithm>
#include <span>

#include "advice.h"
#include "flag_values.h"
#include "nearest.h"

namespace modelgates::oauth::cli {
namespace {

Error UsageError(std::string message) {
  Error error;
  error.reason_name = kUsageError;
  error.grpc_code = GrpcCode::kInvalidArgument;
  error.origin = ErrorOrigin::kCaller;
  error.message = std::move(message);
  return error;
}

std::string DidYouMean(const std::string& name) {
  return name.empty() ? "" : ": did you mean " + name + "?";
}

const CLI::App* ParsedCommand(const CLI::App& app) {
  const auto commands = app.get_subcommands();
  return commands.empty() ? nullptr : commands.front();
}

Error UnknownFlag(const CLI::App& app, const CLI::App* command, const std::string& argument) {
  const std::string flag = argument.substr(0, argument.find('='));  // the value may be a secret
  std::vector<std::string> flags = FlagNames(app);
  if (command != nullptr) {
    const std::vector<std::string> own = FlagNames(*command);
    flags.insert(flags.begin(), own.begin(), own.end());
  }
  const std::string of = command == nullptr ? "" : " of " + command->get_name();
  return UsageError("unknown flag " + flag + of + DidYouMean(Nearest(flag, flags)));
}

Error UnexpectedArgument(const CLI::App& command, const std::string& argument) {
  const std::string& name = command.get_name();
  // Not repeated, because they are secrets.
  if (name == "exchange") return UsageError("unexpected argument: the code goes to --code");
  if (name == "pkce") return UsageError("unexpected argument: a verifier goes to --code-verifier");
  const char* const place = name == "create" ? ": the URL goes to --callback-url" : "";
  return UsageError("unexpected argument \"" + argument + "\" of " + name + place);
}

Error Unexpected(const CLI::App& app, const std::string& argument) {
  const CLI::App* const command = ParsedCommand(app);
  if (argument.starts_with('-')) return UnknownFlag(app, command, argument);
  return command == nullptr ? UnknownCommand(app, argument)
                            : UnexpectedArgument(*command, argument);
}

// ---- Values

// The flag that the parser names: "--limit" in "Could not convert: --limit = abc"; else the
// positional argument at the start: "shell".
std::string NameIn(const std::string& message) {
  const size_t flag = message.find("--");
  const size_t start = flag == std::string::npos ? 0 : flag;
  return message.substr(start, message.find_first_of(": =", start) - start);
}

// "a, b or c" of the type "a|b|c".
std::string Choice(std::string type) {
  for (size_t bar; (bar = type.find('|')) != std::string::npos;) {
    type.replace(bar, 1, type.find('|', bar + 1) == std::string::npos ? " or " : ", ");
  }
  return type;
}

// What a value of the type, as --help shows it, must be; else empty.
std::string RuleOf(const std::string& type) {
  if (type == "USD") return "must be a number of US dollars";
  if (type == "NUMBER") return "must be a number";
  if (type == "BOOL") return "must be true or false";
  const size_t dash = type.find('-');
  if (type.find_first_not_of("0123456789-") == std::string::npos && dash != std::string::npos) {
    return "must be a whole number from " + type.substr(0, dash) + " to " + type.substr(dash + 1);
  }
  if (type.find('|') != std::string::npos && type.find('@') == std::string::npos) {
    return "must be " + Choice(type);
  }
  return "";
}

bool IsIncomplete(const CLI::ParseError& error) {
  return dynamic_cast<const CLI::RequiredError*>(&error) != nullptr ||
         dynamic_cast<const CLI::RequiresError*>(&error) != nullptr;
}

std::string RuleOf(const CLI::Option& option, const CLI::ParseError& error) {
  const std::string message = error.what();
  // "--a is required", "--a requires --b".
  if (IsIncomplete(error)) return message.substr(message.find(' ') + 1);
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr) {
    return option.count() > 1 ? "is given more than once" : "must have a value";
  }
  if (option.get_items_expected_max() == 0) return "has no value";
  const std::string rule = RuleOf(option.get_type_name());
  if (!rule.empty()) return rule;
  const size_t colon = message.find(": ");
  return colon == std::string::npos ? message : message.substr(colon + 2);
}

const CLI::Option* FindOption(const CLI::App& app, const std::string& name) {
  const CLI::App* const command = ParsedCommand(app);
  const CLI::Option* const own = command == nullptr ? nullptr : command->get_option_no_throw(name);
  return own != nullptr ? own : app.get_option_no_throw(name);
}

}  // namespace

Error ToUsageError(const CLI::App& app, const CLI::ParseError& error) {
  const std::vector<std::string> unexpected = app.remaining(true);
  if (!unexpected.empty()) return Unexpected(app, unexpected.front());
  const std::string name = NameIn(error.what());
  if (const CLI::Option* const option = FindOption(app, name)) {
    Error wrong = WrongFlag("", RuleOf(*option, error));
    wrong.field_violations.front().field = name;
    if (IsIncomplete(error)) wrong.message = "the command line is not complete";
    return wrong;
  }
  return UsageError(ParsedCommand(app) == nullptr ? "no command is given" : error.what());
}

Error UnknownCommand(const CLI::App& app, const std::string& name) {
  std::vector<std::string> commands;
  for (const CLI::App* const command : app.get_subcommands({})) {
    commands.push_back(command->get_name());
  }
  return UsageError("unknown command \"" + name + "\"" + DidYouMean(Nearest(name, commands)));
}

std::string HelpText(const CLI::App& app, const CLI::App* command) {
  // App::help would describe the command that was parsed: "help" itself.
  std::string text = command == nullptr ? app.get_formatter()->make_help(&app, app.get_name(),
                                                                         CLI::AppFormatMode::Normal)
                                        : command->help(app.get_name());
  text.erase(text.find_last_not_of('\n') + 1);
  return text;
}

std::vector<std::string> FlagNames(const CLI::App& app) {
  std::vector<std::string> flags;
  for (const CLI::Option* const option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) flags.push_back("--" + name);
  }
  return flags;
}

bool AsksForJson(int argc, const char* const* argv) {
  const std::span<const char* const> arguments(argv, static_cast<size_t>(argc));
  const std::string_view flag = "--output";
  for (size_t i = 1; i < arguments.size() && arguments[i] != std::string_view("--"); ++i) {
    if (arguments[i] == std::string(flag) + "=json") return true;
    const bool next_is_json =
        i + 1 < arguments.size() && arguments[i + 1] == std::string_view("json");
    if (arguments[i] == flag && next_is_json) return true;
  }
  return false;
}

}  // namespace modelgates::oauth::cli
