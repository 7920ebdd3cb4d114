#include "commands.h"

namespace modelgates::oauth::cli {
namespace {

// "--a --b", of one command.
std::string FlagsOf(const CLI::App& command) {
  std::string flags;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) flags += " --" + name;
  }
  return flags.empty() ? flags : flags.substr(1);
}

}  // namespace

std::string CompletionScript(const CLI::App& app, const std::string& shell) {
  std::string commands;
  std::string cases;
  for (const CLI::App* command : app.get_subcommands({})) {
    if (command->get_name() == "completion") continue;
    commands += (commands.empty() ? "" : " ") + command->get_name();
    cases += "    " + command->get_name() + ") words=\"" + FlagsOf(*command) + " " + FlagsOf(app) +
             "\" ;;\n";
  }
  // zsh takes completions of bash, so that there is one script to be right.
  std::string script = shell == "zsh" ? "#compdef modelgates-oauth\nautoload -U +X bashcompinit\n"
                                        "bashcompinit\n"
                                      : "";
  script += "_modelgates_oauth() {\n";
  script += "  local word command= words\n";
  script += "  for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n";
  script += "    case \" " + commands + " \" in *\" $word \"*) command=$word ;; esac\n";
  script += "  done\n";
  script += "  case \"$command\" in\n" + cases;
  script += "    *) words=\"" + commands + " " + FlagsOf(app) + "\" ;;\n  esac\n";
  script += "  COMPREPLY=($(compgen -W \"$words\" -- \"${COMP_WORDS[COMP_CWORD]}\"))\n";
  script += "}\ncomplete -o default -F _modelgates_oauth modelgates-oauth";
  return script;
}

}  // namespace modelgates::oauth::cli
