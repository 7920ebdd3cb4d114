#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace modelgates::gateway {

// The value of a setting before it is parsed.
struct GivenValue {
  std::string text;
  std::string source;  // "command line", "flagfile PATH:LINE", "environment NAME"
};

// The content of a command line in abseil's flag syntax.
struct CommandLine {
  std::map<std::string_view, GivenValue> values;  // by Setting::name; the last of two wins
  std::vector<std::string> errors;
  bool help = false;
  bool version = false;
};

// Reads `args` and the flagfiles that they name. An argument that belongs to no setting is an error
// that contains at most the name of a flag, because a misplaced value may be a key.
CommandLine ReadCommandLine(const std::vector<std::string>& args);

}  // namespace modelgates::gateway
