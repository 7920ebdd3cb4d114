#pragma once

#include <absl/status/statusor.h>

#include <optional>
#include <string>
#include <string_view>

#include "base/secret.h"

namespace modelgates::gateway {

// Reads the service's key from `path`: the file's only line, without a byte order mark and the
// white space around it. Never empty. An error names a rule, fit to follow the path ("must be
// ..."), and nothing of the content: unreadable, empty, or not a key by KeyRule.
absl::StatusOr<Secret> ReadKeyFile(const std::string& path);

// As ReadKeyFile, for a token that is compared: without the word Bearer.
absl::StatusOr<Secret> ReadTokenFile(const std::string& path);

// What is wrong with a trimmed key, without the key; nullopt when it can be sent in an
// Authorization header: one word of visible ASCII, or "Bearer" and one word. What people put there
// by accident has words of its own: quotes, NAME=key, "Bearer" alone. Empty is right: no such
// header.
std::optional<std::string> KeyRule(std::string_view key);

}  // namespace modelgates::gateway
