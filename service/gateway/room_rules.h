#pragma once

#include "config/setting_rules.h"

namespace modelgates::gateway {

// The rules of all rooms above config/, for Load (config/flags.h).
SettingRules RulesOfAllRooms();

}  // namespace modelgates::gateway
