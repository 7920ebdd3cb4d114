#pragma once

#include <string>

#include "config/config.h"
#include "config/settings.h"

namespace modelgates::gateway {

// The effective settings as a flagfile, secrets redacted: for --check_config and /configz. A
// comment before each setting of `sources` says where its value came from. `has_key`: whether the
// gateway has a key of its own; nothing of `config` is asked for it.
std::string DescribeSettings(const Config& config, bool has_key,
                             const SettingSources& sources = {});

// The text of --help: at most 100 columns.
std::string HelpText();

}  // namespace modelgates::gateway
