#pragma once

#include <string>

#include "config/config.h"
#include "config/settings.h"

namespace modelgates::gateway {

// The effective settings as a flagfile, secrets redacted, for --check_config and /configz. Each
// setting in `sources` has a comment with the source of its value. `has_key`: whether the gateway
// has a key; `config` need not contain it.
std::string DescribeSettings(const Config& config, bool has_key,
                             const SettingSources& sources = {});

// The text of --help, at most 100 columns wide.
std::string HelpText();

}  // namespace modelgates::gateway
