#pragma once

#include "config/setting_rules.h"

namespace modelgates::gateway {

// The rules of the settings that rooms above config/ check, for Load (config/flags.h).
SettingRules RulesOfAllRooms();

}  // namespace modelgates::gateway
