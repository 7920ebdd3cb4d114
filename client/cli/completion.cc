#include "commands.h"

namespace modelgates::oauth::cli {
namespace {

// The flags of one command: "--a --b".
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
    if (command->get_name() == "help") continue;
    cases += "    " + command->get_name() + ") choices=\"" + FlagsOf(*command) + " " +
             FlagsOf(app) + "\" ;;\n";
  }
  // The shells differ in the variables for words and proposals. zsh's emulation of bash completion
  // is not used, because it proposes nothing when the script is autoloaded from $fpath.
  const bool zsh = shell == "zsh";
  std::string script = zsh ? "#compdef modelgates-oauth\n" : "";
  script += "_modelgates_oauth() {\n";
  script += "  local word command= choices=\n";
  script += zsh ? "  for word in \"${(@)words[2,CURRENT-1]}\"; do\n"
                : "  for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n";
  script += "    case \" " + commands + " \" in *\" $word \"*) command=$word ;; esac\n";
  script += "  done\n";
  script += "  case \"$command\" in\n" + cases;
  script += "    help) choices=\"" + commands + "\" ;;\n";
  script += "    *) choices=\"" + commands + " " + FlagsOf(app) + "\" ;;\n  esac\n";
  if (!zsh) {
    script += "  COMPREPLY=($(compgen -W \"$choices\" -- \"${COMP_WORDS[COMP_CWORD]}\"))\n";
    script += "}\ncomplete -o default -F _modelgates_oauth modelgates-oauth";
    return script;
  }
  script += "  compadd -- ${=choices} || _default\n}\n";
  // An autoloaded script must complete at once; an evaluated one registers the function.
  script += "if [[ ${funcstack[1]} == _modelgates-oauth ]]; then _modelgates_oauth\n";
  script += "else compdef _modelgates_oauth modelgates-oauth; fi";
  return script;
}

}  // namespace modelgates::oauth::cli
