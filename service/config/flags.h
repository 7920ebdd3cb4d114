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

// The result of Load: a Config to serve with, or a text to print and an exit status.
struct LoadResult {
  // Set if and only if the program should serve.
  std::optional<Config> config;
  // For stdout: --help, --version, and the settings of a --check_config that passed.
  std::string output;
  // For stderr, one line for each wrong setting, with the source of its value, the value and the
  // rule. Not empty if and only if exit_status is 2.
  std::vector<std::string> errors;
  // The source of each value that is not the default, by the setting's name: the command line, a
  // line of a flagfile, a variable of the environment.
  SettingSources sources;
  // Probable mistakes that do not prevent the start.
  std::vector<std::string> warnings;
  // The exit status if `config` is not set: 0, or 2 for a wrong setting.
  int exit_status = 0;
};

// Reads every setting: from `args` (argv without the program's name), else from the environment
// variable OAUTH_GATEWAY_<NAME>, else its default. Then checks all settings and all rules between
// them, so that one run reports every error. An empty variable counts as absent, because templates
// write one for a missing value, unless empty is a valid value of its setting. Reads files, opens
// no port, does not exit.
//
// The syntax is that of abseil flags: --name=value, --name value, one or two dashes, --noname for
// switches, --flagfile=FILE with one flag per line; the last of repeated flags applies. abseil's
// parser is not used: it exits with status 1 at the first error and keeps values in globals.
//
// No text of the result contains a secret: no key, no content of its file, no user info or query of
// a URL, no argument that belongs to no flag.
//
// `rules`: those of the rooms above config/. `commit`: which build it is, for --version.
LoadResult Load(const std::vector<std::string>& args, const Environment& environment,
                const SettingRules& rules, std::string_view commit = "unknown");

}  // namespace modelgates::gateway
