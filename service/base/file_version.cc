#include "base/file_version.h"

#include <sys/stat.h>

namespace modelgates::gateway {

std::optional<FileVersion> FileVersionOf(const std::string& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) return std::nullopt;
  return FileVersion{status.st_mtim.tv_sec * 1'000'000'000 + status.st_mtim.tv_nsec, status.st_ino,
                     status.st_size};
}

}  // namespace modelgates::gateway
