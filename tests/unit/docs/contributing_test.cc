#include <gtest/gtest.h>

#include <filesystem>
#include <regex>
#include <set>
#include <string>

#include "unit/docs/page.h"

namespace modelgates::gateway {
namespace {

namespace fs = std::filesystem;

// Names of files are unique, so CONTRIBUTING.md names them without their folders.
std::set<std::string> FilesOfTheProject() {
  std::set<std::string> names;
  for (const char* folder :
       {"bench", "client", "deploy", "docs", "proto", "sandbox", "scripts", "service", "tests"}) {
    if (!fs::exists(kRoot / folder)) continue;
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(kRoot / folder)) {
      names.insert(entry.path().filename().string());
    }
  }
  return names;
}

// `request_mapping_test` is a source of that name, or a program of several.
bool HasTest(const std::set<std::string>& files, const std::string& name) {
  if (files.contains(name + ".cc")) return true;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(kRoot / "tests")) {
    if (entry.path().filename() != "CMakeLists.txt") continue;
    if (ReadPage(entry.path()).find("NAME " + name) != std::string::npos) return true;
  }
  return false;
}

TEST(Contributing, NamesFilesAndTestsThatExist) {
  const std::set<std::string> files = FilesOfTheProject();
  const std::string page = ReadPage("CONTRIBUTING.md");
  const std::regex code("`([A-Za-z0-9_/.-]+)`");
  const std::regex file("(?:.*/)?([A-Za-z0-9_-]+\\.(?:cc|h|proto|md|py|yaml|txt|txtpb|1))");
  const std::regex test("[a-z0-9_]+_test");
  int found = 0;
  for (std::sregex_iterator it(page.begin(), page.end(), code), end; it != end; ++it) {
    const std::string name = (*it)[1].str();
    std::smatch match;
    if (std::regex_match(name, match, file)) {
      ++found;
      const bool exists = files.contains(match[1].str()) || fs::exists(kRoot / name);
      EXPECT_TRUE(exists) << name;
    } else if (std::regex_match(name, test)) {
      ++found;
      EXPECT_TRUE(HasTest(files, name)) << name;
    }
  }
  EXPECT_GT(found, 40);
}

// "`places_test` OfAReasonIncludeTheContract": a test of that name is in one of the sources of
// tests/.
TEST(Contributing, NamesTestCasesThatExist) {
  std::string tests;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(kRoot / "tests")) {
    if (entry.path().extension() == ".cc") tests += ReadPage(entry.path());
  }
  const std::string page = ReadPage("CONTRIBUTING.md");
  const std::regex name("_test` ([A-Z][A-Za-z0-9]+[a-z][A-Z][A-Za-z0-9]+)");
  int found = 0;
  for (std::sregex_iterator it(page.begin(), page.end(), name), end; it != end; ++it, ++found) {
    EXPECT_NE(tests.find(", " + (*it)[1].str() + ")"), std::string::npos) << (*it)[1].str();
  }
  EXPECT_GT(found, 15);
}

}  // namespace
}  // namespace modelgates::gateway
