#pragma once

#include <string>

#include "config/config.h"

namespace modelgates::gateway {

// The effective settings as a flagfile, secrets redacted: for --check_config and /configz.
std::string DescribeSettings(const Config& config);

// The text of --help: at most 100 columns.
std::string HelpText();

}  // namespace modelgates::gateway
