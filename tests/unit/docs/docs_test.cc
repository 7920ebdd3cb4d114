#include <gtest/gtest.h>

#include <filesystem>
#include <regex>
#include <string>

#include "config/settings_text.h"
#include "failure/error_catalogue.h"
#include "unit/docs/page.h"

namespace modelgates::gateway {
namespace {

namespace fs = std::filesystem;

TEST(OperatingPage, ListsEverySettingAsTheProgramHasIt) {
  EXPECT_EQ(Section("docs/operating.md", "settings"), SettingsMarkdown());
}

TEST(ErrorPage, IsTheCatalogue) { EXPECT_EQ(ReadPage("docs/errors.md"), ErrorCatalogueMarkdown()); }

TEST(Architecture, NamesEveryFolderOfTheService) {
  const std::string text = ReadPage("ARCHITECTURE.md");
  for (const fs::directory_entry& entry : fs::directory_iterator(kRoot / "service")) {
    if (!entry.is_directory()) continue;
    const std::string folder = "`service/" + entry.path().filename().string() + "/`";
    EXPECT_NE(text.find(folder), std::string::npos) << folder;
  }
}

TEST(Architecture, NamesNoFileOrFolderThatIsNotThere) {
  const std::string text = ReadPage("ARCHITECTURE.md");
  const std::regex path(
      "`((service|client|sandbox|bench|tests|proto|scripts|docs)/[A-Za-z0-9_/.]*)`");
  int found = 0;
  for (std::sregex_iterator it(text.begin(), text.end(), path), end; it != end; ++it, ++found) {
    EXPECT_TRUE(fs::exists(kRoot / (*it)[1].str())) << (*it)[1].str();
  }
  EXPECT_GT(found, 20);
}

}  // namespace
}  // namespace modelgates::gateway
