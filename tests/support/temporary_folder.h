#pragma once

#include <stdlib.h>

#include <filesystem>
#include <stdexcept>
#include <string>

namespace modelgates::gateway {

// A folder of its own, which goes with all that is in it.
class TemporaryFolder {
 public:
  // `name`: what the name of the folder begins with.
  explicit TemporaryFolder(const std::string& name) {
    std::string pattern = std::filesystem::temp_directory_path() / (name + "-XXXXXX");
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary directory");
    path_ = pattern;
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

}  // namespace modelgates::gateway
