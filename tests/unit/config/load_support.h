#pragma once

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "config/flags.h"
#include "gateway/room_rules.h"

namespace modelgates::gateway {

using Variables = Environment;

// Load with `variables` as the whole environment.
inline LoadResult LoadWith(const std::vector<std::string>& args, const Variables& variables = {}) {
  return Load(args, variables, RulesOfAllRooms());
}

// All that a Load could make somebody see.
inline std::string AllText(const LoadResult& result) {
  std::string text = result.output;
  for (const auto& lines : {result.errors, result.warnings}) {
    for (const std::string& line : lines) text += line + "\n";
  }
  return text;
}

// A file that goes when the test does.
class TemporaryFile {
 public:
  explicit TemporaryFile(std::string_view content) {
    static int count = 0;
    path_ = std::filesystem::temp_directory_path() /
            ("gateway_config_test." + std::to_string(getpid()) + "." + std::to_string(++count));
    std::ofstream(path_, std::ios::binary) << content;
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() { std::filesystem::remove(path_); }

  std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

}  // namespace modelgates::gateway
