#pragma once

#include <string>
#include <vector>

#include "config/config.h"
#include "config/settings.h"

namespace modelgates::gateway {

// The effective settings as a flagfile, secrets redacted, for --check_config and /configz. Each
// setting in `sources` has a comment with the source of its value. `has_key`: whether the gateway
// has a key; `config` need not contain it.
std::string DescribeSettings(const Config& config, bool has_key,
                             const SettingSources& sources = {});

// A setting for people: its value with secrets redacted, and where the value comes from.
struct ShownSetting {
  std::string name;
  std::string value;
  std::string source;
};

// The settings whose value differs from the default, in the order of --help.
std::vector<ShownSetting> ChangedSettings(const Config& config, const SettingSources& sources);

// The settings that name a file or a folder, in the order of --help.
std::vector<std::string> FilesOf(const Config& config);

// The text of --help, at most 100 columns wide.
std::string HelpText();

}  // namespace modelgates::gateway
