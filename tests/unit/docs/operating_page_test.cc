#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <regex>
#include <set>
#include <sstream>
#include <string>

#include "unit/docs/page.h"

namespace modelgates::gateway {
namespace {

namespace fs = std::filesystem;

// The names of all log lines: `Line(Severity::kInfo, "listening", ...)`.
std::set<std::string> EventsOfTheService() {
  const std::regex line("[^a-zA-Z]Line\\([^;\"]*\"([a-z_]+)\"");
  std::set<std::string> events;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(kRoot / "service")) {
    if (entry.path().extension() != ".cc") continue;
    const std::string text = ReadPage(entry.path());
    for (std::sregex_iterator it(text.begin(), text.end(), line), end; it != end; ++it) {
      events.insert((*it)[1].str());
    }
  }
  return events;
}

// The names in the first column of the table of events.
std::set<std::string> EventsOfThePage() {
  const std::string page = ReadPage("docs/operating.md");
  const size_t begin = page.find("\n| event |");
  EXPECT_NE(begin, std::string::npos);
  std::istringstream table(page.substr(begin, page.find("\n\n", begin) - begin));
  std::set<std::string> events;
  const std::regex name("`([a-z_]+)`");
  for (std::string row; std::getline(table, row);) {
    if (!row.starts_with("| `")) continue;
    const std::string cell = row.substr(0, row.find(" |", 2));
    for (std::sregex_iterator it(cell.begin(), cell.end(), name), end; it != end; ++it) {
      events.insert((*it)[1].str());
    }
  }
  return events;
}

TEST(OperatingPage, ListsEveryEventOfTheLog) {
  EXPECT_THAT(EventsOfThePage(), testing::ContainerEq(EventsOfTheService()));
  EXPECT_GT(EventsOfTheService().size(), 20u);
}

}  // namespace
}  // namespace modelgates::gateway
