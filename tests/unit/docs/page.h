#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace modelgates::gateway {

inline const std::filesystem::path kRoot = PROJECT_ROOT;

inline std::string ReadPage(const std::filesystem::path& path) {
  std::ifstream file(kRoot / path);
  EXPECT_TRUE(file.is_open()) << path;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// The text between the markers `<!-- NAME:begin -->` and `<!-- NAME:end -->` of a page.
inline std::string Section(const std::filesystem::path& path, const std::string& name) {
  const std::string page = ReadPage(path);
  const std::string begin = "<!-- " + name + ":begin -->\n";
  const size_t from = page.find(begin);
  const size_t to = page.find("<!-- " + name + ":end -->");
  if (from == std::string::npos || to == std::string::npos) return "no markers: " + name;
  return page.substr(from + begin.size(), to - from - begin.size());
}

}  // namespace modelgates::gateway
