#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "config/config.h"

namespace modelgates::gateway {

// One row of the table of settings: everything about one flag.
struct Setting {
  std::string_view name;
  // What the value is, e.g. "DURATION"; empty for a switch (--name, --noname).
  std::string_view value;
  // For --help and docs/operating.md. One sentence that stands alone, with unit and bounds.
  std::string_view help;
  // Parses `text` into its member of `config`. Otherwise returns the violated rule, to be printed
  // after the value ("must be ..."), and does not change `config`.
  std::function<std::optional<std::string>(std::string_view text, Config& config)> parse;
  // The member as a text that `parse` accepts.
  std::function<std::string(const Config& config)> print;
  // Removes secrets from a valid or invalid value. Null: the value is not secret.
  std::string (*redact)(std::string_view text) = nullptr;
  // SIGHUP applies a new value. The others require a restart.
  bool live = false;

  bool is_switch() const { return value.empty(); }
  // "OAUTH_GATEWAY_" and the name in upper case. No setting may be named port, port_*, service_* or
  // *_port, because Kubernetes defines such variables for a Service (environment.h).
  std::string EnvironmentName() const;
};

// The source of each value, in words, by Setting::name. Absent: the default.
using SettingSources = std::map<std::string_view, std::string>;

// The table, in the order of --help.
std::span<const Setting> Settings();

// Null when there is no such setting.
const Setting* FindSetting(std::string_view name);

}  // namespace modelgates::gateway
