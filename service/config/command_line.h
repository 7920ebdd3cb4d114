#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace modelgates::gateway {

// A value that was given to a setting, not yet understood.
struct GivenValue {
  std::string text;
  std::string source;  // "command line", "flagfile PATH:LINE", "environment NAME"
};

// What a command line says, by abseil's syntax of flags.
struct CommandLine {
  std::map<std::string_view, GivenValue> values;  // by Setting::name; the last of two wins
  std::vector<std::string> errors;
  bool help = false;
  bool version = false;
};

// Reads `args` and the flagfiles that they name. What belongs to no setting is an error that tells
// at most a flag's name: a value that went astray may be a key.
CommandLine ReadCommandLine(const std::vector<std::string>& args);

}  // namespace modelgates::gateway
