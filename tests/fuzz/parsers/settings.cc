#include "config/flags.h"
#include "fuzz/parsers/input.h"
#include "fuzz/parsers/targets.h"
#include "gateway/room_rules.h"

namespace modelgates::gateway {

// One argument a line. Wrong settings are refused with words, and never half accepted.
std::string SettingsBrokenBy(std::string_view bytes) {
  Input input(bytes);
  std::vector<std::string> args;
  while (!input.Rest().empty()) {
    const std::string_view line = input.Line();
    // Those would read files of this machine.
    if (line.find("file") == line.npos && line.find("dir") == line.npos) args.emplace_back(line);
  }
  const LoadResult loaded = Load(args, Environment({}), RulesOfAllRooms());
  if (loaded.errors.empty() == (loaded.exit_status == 2)) return "errors and exit status differ";
  if (loaded.config && !loaded.errors.empty()) return "settings with errors are used";
  for (const std::string& error : loaded.errors) {
    if (error.empty()) return "a setting is refused without a word";
  }
  return {};
}

}  // namespace modelgates::gateway
