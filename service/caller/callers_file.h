#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <string>

#include "caller/caller_rules.h"

namespace modelgates::gateway {

// Whether rules may have a key_file.
enum class KeyFiles : uint8_t {
  kRefused,  // --caller_keys_dir is not set
  kAllowed,
};

// Reads a callers file (operations.md, "callers_file"). One fault makes the whole file invalid,
// because a rule that is read wrongly could admit a caller. The error is printed after the path
// ("must ..."), and names line and member of the first fault.
absl::StatusOr<CallerRules> ReadCallersFile(const std::string& path, KeyFiles key_files);

// As ReadCallersFile, for the text of a file.
absl::StatusOr<CallerRules> ParseCallers(std::string text, KeyFiles key_files = KeyFiles::kAllowed);

}  // namespace modelgates::gateway
