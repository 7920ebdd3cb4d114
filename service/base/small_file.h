#pragma once

#include <absl/status/statusor.h>

#include <cstddef>
#include <string>

namespace modelgates::gateway {

// The content of a file, or of anything else that can be read to its end, at most `max_bytes`.
// Leaves no copy in a stream's buffer. Error: UNAVAILABLE, with the violated rule, to be printed
// after the path: "must be a file that can be read: No such file or directory".
absl::StatusOr<std::string> ReadSmallFile(const std::string& path, size_t max_bytes);

}  // namespace modelgates::gateway
