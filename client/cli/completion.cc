#include "commands.h"

namespace modelgates::oauth::cli {
namespace {

// A flag of one command, or of all; or a command's argument, whose name is empty.
struct Flag {
  std::string command;  // empty: all
  std::string name;     // "--limit"
  std::string text;
  bool takes_value = false;
  bool takes_file = false;
  std::vector<std::string> values{};  // empty: any
};

struct Named {
  std::string name;
  std::string text;
};

std::vector<std::string> ValuesOf(const std::string& type) {
  if (type == "BOOL") return {"true", "false"};
  if (type.find('|') == std::string::npos || type.find('@') != std::string::npos) return {};
  return CLI::detail::split(type, '|');
}

void AddFlags(const CLI::App& app, const std::string& command, std::vector<Flag>& flags) {
  for (const CLI::Option* const option : app.get_options()) {
    Flag flag{command, "", option->get_description()};
    flag.takes_value = option->get_items_expected_max() > 0;
    flag.takes_file = option->get_type_name().find("FILE") != std::string::npos;
    flag.values = ValuesOf(option->get_type_name());
    if (!option->get_lnames().empty()) flag.name = "--" + option->get_lnames().front();
    if (!command.empty() && flag.name == "--help") continue;  // it is one of all commands
    flags.push_back(std::move(flag));
  }
}

struct Program {
  std::vector<Named> commands;
  std::vector<Flag> flags;

  std::string CommandNames() const {
    std::string names;
    for (const Named& command : commands) names += (names.empty() ? "" : " ") + command.name;
    return names;
  }

  // What can follow `command`: its flags, those of all commands, and the known values of its
  // argument. Before a command (""): the commands and the flags of all.
  std::vector<Named> ChoicesOf(const std::string& command) const {
    std::vector<Named> choices;
    if (command.empty()) choices = commands;
    for (const Flag& flag : flags) {
      if (!flag.command.empty() && flag.command != command) continue;
      if (!flag.name.empty()) {
        choices.push_back({flag.name, flag.text});
        continue;
      }
      for (const std::string& value : flag.values) choices.push_back({value, flag.text});
    }
    return choices;
  }
};

Program Describe(const CLI::App& app) {
  Program program;
  const std::vector<const CLI::App*> commands = app.get_subcommands({});
  AddFlags(app, "", program.flags);
  for (const CLI::App* const command : commands) {
    program.commands.push_back({command->get_name(), command->get_description()});
    AddFlags(*command, command->get_name(), program.flags);
  }
  for (Flag& flag : program.flags) {
    if (flag.command != "help" || !flag.name.empty()) continue;
    for (const Named& command : program.commands) flag.values.push_back(command.name);
  }
  return program;
}

std::string Join(const std::vector<std::string>& parts) { return CLI::detail::join(parts, " "); }

// In single quotes, for all three shells.
std::string Quoted(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

// The command that was typed, into $command. `words`: an expression for the words before the
// cursor.
std::string FindCommand(const Program& program, const std::string& words) {
  return "  for word in " + words + "; do\n    case \" " + program.CommandNames() +
         " \" in *\" $word \"*) command=$word ;; esac\n  done\n";
}

// "create --limit", or " --output" after any command: a pattern of `case "$command $previous"`.
std::string PatternOf(const Flag& flag) {
  return flag.command.empty() ? "*\" " + flag.name + "\""
                              : "\"" + flag.command + " " + flag.name + "\"";
}

// The arms of `case "$command $previous"` for flags with a value: `offer` before the values that
// are known and `end` after them, `any` where none are.
std::string ValueArms(const Program& program, const std::string& offer, const std::string& end,
                      const std::string& any) {
  std::string arms, others;
  for (const Flag& flag : program.flags) {
    if (flag.name.empty() || !flag.takes_value) continue;
    if (flag.values.empty()) {
      others += (others.empty() ? "" : "|") + PatternOf(flag);
    } else {
      arms += "    " + PatternOf(flag) + ") " + offer + Join(flag.values) + end + " ;;\n";
    }
  }
  return arms + "    " + others + ") " + any + " ;;\n";
}

std::string BashScript(const Program& program) {
  std::string script =
      "_modelgates_oauth() {\n"
      "  local word command= choices= current=${COMP_WORDS[COMP_CWORD]}\n"
      "  local previous=${COMP_WORDS[COMP_CWORD-1]}\n"
      // --output=json is three words here.
      "  [[ $current != = ]] || current=\n"
      "  [[ $previous != = ]] || previous=${COMP_WORDS[COMP_CWORD-2]}\n";
  script += FindCommand(program, "\"${COMP_WORDS[@]:1:COMP_CWORD-1}\"");
  script += "  case \"$command $previous\" in\n";
  script += ValueArms(program, "choices=\"", "\"", ":");
  script += "    *) case \"$command\" in\n";
  const auto add = [&script](const std::string& pattern, const std::vector<Named>& choices) {
    script += "      " + pattern + ") choices=\"";
    for (const Named& choice : choices) script += choice.name + " ";
    script += "\" ;;\n";
  };
  for (const Named& command : program.commands) {
    add(command.name, program.ChoicesOf(command.name));
  }
  add("*", program.ChoicesOf(""));
  script += "    esac ;;\n  esac\n  COMPREPLY=($(compgen -W \"$choices\" -- \"$current\"))\n";
  return script + "}\ncomplete -o default -F _modelgates_oauth modelgates-oauth";
}

// zsh's emulation of bash completion is not used, because it proposes nothing when the script is
// autoloaded from $fpath.
std::string ZshScript(const Program& program) {
  std::string script =
      "#compdef modelgates-oauth\n_modelgates_oauth() {\n"
      "  local word command= previous=$words[CURRENT-1]\n  local -a choices\n"
      "  if [[ $words[CURRENT] == --*=* ]]; then\n"
      "    previous=${words[CURRENT]%%=*}\n    compset -P '*='\n  fi\n";
  script += FindCommand(program, "\"${(@)words[2,CURRENT-1]}\"");
  script += "  case \"$command $previous\" in\n";
  script += ValueArms(program, "compadd -- ", "; return", "_default; return");
  script += "  esac\n  case \"$command\" in\n";
  const auto add = [&script](const std::string& pattern, const std::vector<Named>& choices) {
    script += "    " + pattern + ") choices=(";
    for (const Named& choice : choices) {
      std::string text = choice.text;
      for (size_t at = 0; (at = text.find(':', at)) != std::string::npos; at += 2) {
        text.insert(at, "\\");
      }
      script += "\n      " + Quoted(choice.name + ":" + text);
    }
    script += ") ;;\n";
  };
  for (const Named& command : program.commands) {
    add(command.name, program.ChoicesOf(command.name));
  }
  add("*", program.ChoicesOf(""));
  script += "  esac\n  _describe modelgates-oauth choices || _default\n}\n";
  // An autoloaded script must complete at once; an evaluated one registers the function.
  script += "if [[ ${funcstack[1]} == _modelgates-oauth ]]; then _modelgates_oauth\n";
  return script + "else compdef _modelgates_oauth modelgates-oauth; fi";
}

std::string FishScript(const Program& program) {
  const std::string complete = "complete -c modelgates-oauth";
  std::string script = complete + " -f\n";
  for (const Named& command : program.commands) {
    script += complete + " -n 'not __fish_seen_subcommand_from " + program.CommandNames() +
              "' -a " + command.name + " -d " + Quoted(command.text) + "\n";
  }
  for (const Flag& flag : program.flags) {
    script += complete;
    if (!flag.command.empty()) {
      script += " -n '__fish_seen_subcommand_from " + flag.command + "'";
    }
    if (!flag.name.empty()) {
      script += " -l " + flag.name.substr(2);
      if (flag.takes_value) script += flag.takes_file ? " -r -F" : " -x";
    }
    if (!flag.values.empty()) script += " -a " + Quoted(Join(flag.values));
    script += " -d " + Quoted(flag.text) + "\n";
  }
  script.pop_back();
  return script;
}

}  // namespace

std::string CompletionScript(const CLI::App& app, const std::string& shell) {
  const Program program = Describe(app);
  if (shell == "fish") return FishScript(program);
  return shell == "zsh" ? ZshScript(program) : BashScript(program);
}

}  // namespace modelgates::oauth::cli
