#include <gtest/gtest.h>

#include <cctype>
#include <regex>
#include <set>
#include <string>

#include "unit/docs/page.h"

namespace modelgates::gateway {
namespace {

namespace fs = std::filesystem;

// A control counts as held by a test only as long as that test exists.

struct Tests {
  std::set<std::string> files;  // without suffix
  std::string code;             // without white space
};

Tests AllTests() {
  Tests tests;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(kRoot / "tests")) {
    const fs::path& path = entry.path();
    if (path.extension() == ".py") tests.files.insert(path.stem());
    if (path.extension() != ".cc" || !path.stem().string().ends_with("_test")) continue;
    tests.files.insert(path.stem());
    for (const char c : ReadPage(path)) {
      if (std::isspace(static_cast<unsigned char>(c)) == 0) tests.code += c;
    }
  }
  return tests;
}

std::set<std::string> Cited(const std::string& page, const char* pattern) {
  const std::regex regex(pattern);
  std::set<std::string> cited;
  for (std::sregex_iterator it(page.begin(), page.end(), regex), end; it != end; ++it) {
    cited.insert((*it)[1]);
  }
  return cited;
}

TEST(SecurityPage, NamesNoTestThatIsNotThere) {
  const std::string page = ReadPage("SECURITY.md");
  const Tests tests = AllTests();
  const auto files = Cited(page, "`([a-z0-9_]+_test)`");
  for (const std::string& file : files) EXPECT_TRUE(tests.files.contains(file)) << file;
  const auto single = Cited(page, "`([A-Z][A-Za-z0-9]+\\.[A-Z][A-Za-z0-9]+)`");
  for (const std::string& test : single) {
    const size_t dot = test.find('.');
    const std::string macro = "(" + test.substr(0, dot) + "," + test.substr(dot + 1) + ")";
    EXPECT_NE(tests.code.find(macro), std::string::npos) << test;
  }
  EXPECT_GT(files.size(), 50u);
  EXPECT_GT(single.size(), 30u);
}

TEST(SecurityPage, NamesNoFileThatIsNotThere) {
  const std::string page = ReadPage("SECURITY.md");
  std::set<std::string> headers;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(kRoot / "service")) {
    headers.insert(entry.path().filename());
  }
  for (const std::string& header : Cited(page, "`([a-z0-9_]+\\.h)`")) {
    EXPECT_TRUE(headers.contains(header)) << header;
  }
  for (const std::string& path : Cited(page, "`((?:scripts|service|deploy|docs)/[a-z0-9_./-]+)`")) {
    EXPECT_TRUE(fs::exists(kRoot / path)) << path;
  }
}

// What Debian's packages are built with, but the tools.
TEST(SecurityPage, NamesEveryLibrary) {
  const std::string control = ReadPage("debian/control");
  const std::string build = control.substr(0, control.find("\nPackage: "));
  const std::set<std::string> tools = {"golang-github-gogo-googleapis-dev", "libgmock-dev",
                                       "libgtest-dev"};
  const std::string page = ReadPage("SECURITY.md");
  int found = 0;
  for (const std::string& library : Cited(build, "[ :]([a-z0-9+-]+-dev)\\b")) {
    if (tools.contains(library)) continue;
    ++found;
    EXPECT_NE(page.find("`" + library + "`"), std::string::npos) << library;
  }
  EXPECT_GT(found, 12);
}

}  // namespace
}  // namespace modelgates::gateway
