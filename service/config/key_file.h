#pragma once

#include <absl/status/statusor.h>

#include <optional>
#include <string>
#include <string_view>

#include "base/secret.h"

namespace modelgates::gateway {

// Reads the service's key from `path`: the file's only line, white space around it cut off. An
// empty file is an empty key. An error names a rule, fit to follow the path ("must be ..."), and
// nothing of the content: unreadable, or not a key that can be sent.
absl::StatusOr<Secret> ReadKeyFile(const std::string& path);

// `text` without the white space around it.
std::string_view TrimKey(std::string_view text);

// What is wrong with a trimmed key, without the key; nullopt when it can be sent in an
// Authorization header. An empty one is right: it means no such header.
std::optional<std::string> KeyRule(std::string_view key);

}  // namespace modelgates::gateway
