#pragma once

#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include "support/temporary_folder.h"

namespace modelgates::gateway {

// A folder as Kubernetes mounts a Secret or a ConfigMap: each file is a link into ..data, a link to
// a folder of the version, which is replaced in one step. It goes with the test.
class MountedSecret {
 public:
  using Files = std::map<std::string, std::string>;

  explicit MountedSecret(const Files& files = {}) { Mount(files); }
  MountedSecret(const MountedSecret&) = delete;
  MountedSecret& operator=(const MountedSecret&) = delete;

  std::string folder() const { return folder_.path(); }
  std::string operator/(const std::string& name) const { return folder_ / name; }

  // From now on it has these files and no others.
  void Mount(const Files& files) {
    namespace fs = std::filesystem;
    const fs::path before = fs::path("..version_") += std::to_string(version_);
    const fs::path next = fs::path("..version_") += std::to_string(++version_);
    fs::create_directory(folder_ / next);
    for (const auto& [name, content] : files) {
      std::ofstream(folder_ / next / name, std::ios::binary) << content;
    }
    fs::create_symlink(next, folder_ / "..data_tmp");
    fs::rename(folder_ / "..data_tmp", folder_ / "..data");
    for (const auto& [name, content] : files) {
      if (!files_.contains(name)) {
        fs::create_symlink(fs::path("..data") / name, folder_ / name);
      }
    }
    for (const auto& [name, content] : files_) {
      if (!files.contains(name)) fs::remove(folder_ / name);
    }
    fs::remove_all(folder_ / before);
    files_ = files;
  }

  // The same with one of them replaced.
  void Mount(const std::string& name, const std::string& content) {
    Files files = files_;
    files[name] = content;
    Mount(files);
  }
  const Files& files() const { return files_; }

 private:
  const TemporaryFolder folder_{"mounted"};
  int version_ = 0;
  Files files_;
};

}  // namespace modelgates::gateway
