#pragma once

#include <absl/status/statusor.h>

#include <optional>
#include <string>
#include <string_view>

#include "base/secret.h"

namespace modelgates::gateway {

// Reads the gateway's key from `path`: the file's only line, without a byte order mark and
// surrounding white space. Never empty. The error is the violated rule, to be printed after the
// path ("must be ..."): unreadable, empty, or not a key by KeyRule. It has nothing of the content.
absl::StatusOr<Secret> ReadKeyFile(const std::string& path);

// As ReadKeyFile, for a token that is compared. "Bearer" before it is removed.
absl::StatusOr<Secret> ReadTokenFile(const std::string& path);

// The rule that a trimmed key violates, without the key; nullopt: it can be sent in an
// Authorization header. A key is one word of visible ASCII, or "Bearer" and one word. Common
// mistakes have rules of their own: quotes, NAME=key, "Bearer" alone. An empty key is valid: no
// header is sent.
std::optional<std::string> KeyRule(std::string_view key);

}  // namespace modelgates::gateway
