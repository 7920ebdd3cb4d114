#pragma once

#include <absl/status/statusor.h>

#include <string>

#include "caller/caller_rules.h"

namespace modelgates::gateway {

// Reads a callers file (operations.md, "callers_file"). Anything that is not as it must be refuses
// all of it: a rule that is not understood could let somebody in. The error follows the path ("must
// ..."), and names line and member of the first fault.
absl::StatusOr<CallerRules> ReadCallersFile(const std::string& path);

// What ReadCallersFile makes of the text of the file.
absl::StatusOr<CallerRules> ParseCallers(std::string text);

}  // namespace modelgates::gateway
