#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>
#include <string>

#include "config/settings_text.h"
#include "failure/error_catalogue.h"

namespace modelgates::gateway {
namespace {

namespace fs = std::filesystem;

const fs::path kRoot = PROJECT_ROOT;

std::string Read(const fs::path& path) {
  std::ifstream file(path);
  EXPECT_TRUE(file.is_open()) << path;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// What stands between two markers of the README.
std::string Section(const std::string& name) {
  const std::string readme = Read(kRoot / "README.md");
  const std::string begin = "<!-- " + name + ":begin -->\n";
  const size_t from = readme.find(begin);
  const size_t to = readme.find("<!-- " + name + ":end -->");
  if (from == std::string::npos || to == std::string::npos) return "no markers: " + name;
  return readme.substr(from + begin.size(), to - from - begin.size());
}

TEST(Readme, ListsEverySettingAsTheProgramHasIt) {
  EXPECT_EQ(Section("settings"), SettingsMarkdown());
}

TEST(ErrorPage, IsTheCatalogue) {
  EXPECT_EQ(Read(kRoot / "docs/errors.md"), ErrorCatalogueMarkdown());
}

TEST(Architecture, NamesEveryFolderOfTheService) {
  const std::string text = Read(kRoot / "ARCHITECTURE.md");
  for (const fs::directory_entry& entry : fs::directory_iterator(kRoot / "service")) {
    if (!entry.is_directory()) continue;
    const std::string folder = "`service/" + entry.path().filename().string() + "/`";
    EXPECT_NE(text.find(folder), std::string::npos) << folder;
  }
}

TEST(Architecture, NamesNoFileOrFolderThatIsNotThere) {
  const std::string text = Read(kRoot / "ARCHITECTURE.md");
  const std::regex path("`((service|client|sandbox|bench|tests|proto|scripts|docs)/[A-Za-z0-9_/.]*)`");
  int found = 0;
  for (std::sregex_iterator it(text.begin(), text.end(), path), end; it != end; ++it, ++found) {
    EXPECT_TRUE(fs::exists(kRoot / (*it)[1].str())) << (*it)[1].str();
  }
  EXPECT_GT(found, 20);
}

}  // namespace
}  // namespace modelgates::gateway
