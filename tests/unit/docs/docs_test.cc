#include <gtest/gtest.h>

#include <filesystem>
#include <regex>
#include <sstream>
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

// A decision is read years later: when it was made, and whether it still holds, stands at its head.
TEST(Decisions, HaveAStatusAndADate) {
  const std::regex status(
      "^# ([0-9]+)\\. [^\n]+\n\n"
      "\\*\\*Status\\.\\*\\* (Proposed|Accepted|Superseded), 20[0-9]{2}-[0-9]{2}-[0-9]{2}\\.");
  int found = 0;
  for (const fs::directory_entry& entry : fs::directory_iterator(kRoot / "docs" / "adr")) {
    const std::string page = ReadPage(entry.path());
    std::smatch match;
    ASSERT_TRUE(std::regex_search(page, match, status)) << entry.path();
    EXPECT_EQ(std::stoi(match[1].str()), std::stoi(entry.path().filename().string().substr(0, 4)));
    ++found;
  }
  EXPECT_GT(found, 20);
}

// What is reserved and not built says so wherever a caller may read its name.
TEST(Reserved, NamesSaySo) {
  const std::regex name("CALLER_NOT_ALLOWED|CALLER_LIMIT_EXCEEDED|UPSTREAM_REFUSED_STREAM");
  int found = 0;
  for (const char* page : {"docs/calling.md", "docs/operating.md", "docs/contract/errors.md",
                           "proto/modelgates/oauth/v1/oauth.proto"}) {
    std::istringstream lines(ReadPage(page));
    std::string before;  // of a paragraph, or the comment of an enumerator
    for (std::string line; std::getline(lines, line);) {
      if (line.empty()) before.clear();
      before += line + '\n';
      if (std::regex_search(line, name)) {
        ++found;
        EXPECT_TRUE(before.find("eserved") != std::string::npos) << page << ": " << line;
      }
      if (line.ends_with(';')) before.clear();
    }
  }
  EXPECT_GE(found, 5);
}

}  // namespace
}  // namespace modelgates::gateway
