#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace modelgates::gateway {

// The content of a file, or of anything that can be read to its end, at most `max_bytes`. nullopt
// with the reason in errno; a larger file is EFBIG. Leaves no copy in a buffer of some stream.
std::optional<std::string> ReadSmallFile(const std::string& path, size_t max_bytes);

}  // namespace modelgates::gateway
