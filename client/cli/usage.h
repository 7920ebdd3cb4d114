#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "modelgates/oauth/error.h"

namespace modelgates::oauth::cli {

// Errors of the command line, all kInvalidArgument. A flag with a wrong value is the field of a
// violation; all others have the reason kUsageError and name what was not understood.

// The first argument that nothing takes, with what was probably meant; else what `error` says.
// `app` is the parser that threw `error`.
Error ToUsageError(const CLI::App& app, const CLI::ParseError& error);

Error UnknownCommand(const CLI::App& app, const std::string& name);

// The help of `command`, or of the program.
std::string HelpText(const CLI::App& app, const CLI::App* command);

// The flags of `app`, with their dashes.
std::vector<std::string> FlagNames(const CLI::App& app);

// Whether the arguments ask for JSON. For errors of a command line that was not parsed to its end.
bool AsksForJson(int argc, const char* const* argv);

}  // namespace modelgates::oauth::cli
