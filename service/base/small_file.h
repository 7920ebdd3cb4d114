#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace modelgates::gateway {

// The content of a file, or of anything else that can be read to its end, at most `max_bytes`.
// nullopt: errno has the reason, EFBIG for a larger file. Leaves no copy in a stream's buffer.
std::optional<std::string> ReadSmallFile(const std::string& path, size_t max_bytes);

}  // namespace modelgates::gateway
