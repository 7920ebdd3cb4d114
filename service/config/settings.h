#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "config/config.h"

namespace modelgates::gateway {

// One row of the table of settings: all that is known about a flag.
struct Setting {
  std::string_view name;
  // What the value is, e.g. "DURATION"; empty for a switch (--name, --noname).
  std::string_view value;
  // For --help and docs/operating.md. One sentence that stands alone, with unit and bounds.
  std::string_view help;
  // Stores what `text` says in its member of `config`. Otherwise says the rule that `text` breaks,
  // fit to follow the value ("must be ..."), and leaves `config` alone.
  std::function<std::optional<std::string>(std::string_view text, Config& config)> parse;
  // The member as a text that `parse` takes.
  std::function<std::string(const Config& config)> print;
  // Removes what must not be shown from a value, right or wrong. Null: all of it may be shown.
  std::string (*redact)(std::string_view text) = nullptr;
  // SIGHUP takes a new value into use. Others need a restart.
  bool live = false;

  bool is_switch() const { return value.empty(); }
  // "OAUTH_GATEWAY_" and the name in capitals. No setting may be called port, port_*, service_* or
  // *_port: Kubernetes makes such variables of a Service (environment.h).
  std::string EnvironmentName() const;
};

// Where values came from, in words, by Setting::name. Absent: the default.
using SettingSources = std::map<std::string_view, std::string>;

// The table, in the order in which people read it. A new setting is one more row.
std::span<const Setting> Settings();

// Null when there is no such setting.
const Setting* FindSetting(std::string_view name);

}  // namespace modelgates::gateway
