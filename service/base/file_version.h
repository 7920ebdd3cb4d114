#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace modelgates::gateway {

// Detects whether a file has changed, without reading it. A file that was replaced by another one
// has changed, too.
struct FileVersion {
  int64_t modified_ns = 0;
  uint64_t inode = 0;
  int64_t size = 0;
  friend bool operator==(const FileVersion&, const FileVersion&) = default;
};

// nullopt: there is no such file.
std::optional<FileVersion> FileVersionOf(const std::string& path);

}  // namespace modelgates::gateway
