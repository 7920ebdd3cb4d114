#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace modelgates::gateway {

// Tells whether a file has changed since it was last looked at, without reading it. A file that
// another took the place of has changed, too.
struct FileVersion {
  int64_t modified_ns = 0;
  uint64_t inode = 0;
  int64_t size = 0;
  friend bool operator==(const FileVersion&, const FileVersion&) = default;
};

// nullopt: there is no such file.
std::optional<FileVersion> FileVersionOf(const std::string& path);

}  // namespace modelgates::gateway
