#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"
#include "config/environment.h"
#include "config/setting_rules.h"
#include "config/settings.h"

namespace modelgates::gateway {

// What became of the command line: a Config to serve with, or a text to print and an exit status.
struct LoadResult {
  // Set exactly when the program should go on and serve.
  std::optional<Config> config;
  // For stdout: --help, --version, and the settings of a --check_config that passed.
  std::string output;
  // For stderr, one line each: every wrong setting, with where its value came from, the value and
  // the rule. Not empty exactly when exit_status is 2.
  std::vector<std::string> errors;
  // Where each value came from, by the setting's name, when it is not the default: the command
  // line, a line of a flagfile, a variable of the environment.
  SettingSources sources;
  // Allowed, but probably not meant. Never keep the program from starting.
  std::vector<std::string> warnings;
  // With which to end when `config` is not set: 0, or 2 for a wrong setting.
  int exit_status = 0;
};

// Reads every setting: from `args` (argv without the program's name), else from its environment
// twin OAUTH_GATEWAY_<NAME>, else its default; then checks all of them and all rules between them,
// so that one run names everything that is wrong. A variable that is empty counts as absent, unless
// empty is a value of its setting: what templates make of a value that nobody gave. Reads files,
// opens no port, ends no process.
//
// The syntax is that of abseil flags: --name=value, --name value, one dash or two, --noname for
// switches, --flagfile=FILE with one flag per line, the last of two wins. abseil's own parser is
// not used: it ends the process with status 1 at the first mistake and keeps values in globals.
//
// No text of the result holds a secret: neither the key nor its file's content, nor user info
// or query of a URL, nor arguments that belong to no flag.
//
// `rules`: those of rooms above this one.
LoadResult Load(const std::vector<std::string>& args, const Environment& environment,
                const SettingRules& rules);

}  // namespace modelgates::gateway
