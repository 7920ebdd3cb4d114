#pragma once

#include <string>

namespace modelgates::gateway {

// The settings as a Markdown table: flag, environment variable, default, meaning.
std::string SettingsTable();

}  // namespace modelgates::gateway
