#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <regex>
#include <sstream>
#include <string>

#include "docs/error_page.h"
#include "docs/generated_pages.h"
#include "failure/error_catalogue.h"
#include "unit/docs/page.h"

namespace modelgates::gateway {
namespace {

namespace fs = std::filesystem;

TEST(GeneratedPages, AreAsTheTablesOfTheProgram) {
  const auto pages = GeneratedPages(kRoot);
  EXPECT_TRUE(pages.contains("docs/operating.md")) << "it lacks the markers of the settings";
  for (const auto& [path, text] : pages) {
    EXPECT_EQ(ReadPage(path), text) << path << " is out of date: run ./scripts/docs";
  }
}

TEST(ErrorPage, HasALineForEachConditionAndAnEntryForEachReason) {
  const std::string text = ErrorPage();
  for (const ErrorRow& row : ErrorCatalogue()) {
    EXPECT_NE(text.find("\n| " + std::string(row.condition) + " | "), std::string::npos)
        << row.condition;
  }
  EXPECT_NE(text.find("| 403 | PERMISSION_DENIED | FORBIDDEN | no | no |"), std::string::npos);
  EXPECT_NE(text.find("UPSTREAM_RESET; exchange EXCHANGE_OUTCOME_UNKNOWN"), std::string::npos);
  const auto& reasons = *oauth::v1::ErrorReason_descriptor();
  for (int i = 1; i < reasons.value_count(); ++i) {
    EXPECT_NE(text.find("<a id=\"" + reasons.value(i)->name() + "\"></a>"), std::string::npos)
        << reasons.value(i)->name();
  }
}

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

// A row of the table of stops: | 3 | `A::B` | 2 | `file` | ...
struct Stop {
  std::string number;
  std::string function;
  std::string called_by;
  std::string file;

  std::string name() const {
    const size_t colons = function.rfind("::");
    return colons == std::string::npos ? function : function.substr(colons + 2);
  }
};

std::vector<Stop> Stops() {
  const std::regex row(R"(^\| (\d+) \| `([A-Za-z:]+)` \| ([^|]+) \| `([a-z_/.]+)` \|.*)");
  std::vector<Stop> stops;
  std::istringstream lines(ReadPage("ARCHITECTURE.md"));
  for (std::string line; std::getline(lines, line);) {
    std::smatch found;
    if (std::regex_match(line, found, row)) {
      stops.push_back({found[1], found[2], found[3], found[4]});
    }
  }
  return stops;
}

bool HasWord(const std::string& text, const std::string& word) {
  return std::regex_search(text, std::regex("\\b" + word + "\\b"));
}

TEST(Architecture, NamesNineStopsAsTheCodeDoes) {
  const std::vector<Stop> stops = Stops();
  EXPECT_EQ(stops.size(), 9u);
  for (const Stop& stop : stops) {
    const bool in_class = stop.function != stop.name() && !stop.file.ends_with(".h");
    const std::string defined = in_class ? stop.function : stop.name();
    EXPECT_TRUE(std::regex_search(ReadPage(stop.file), std::regex("\\b" + defined + "\\(")))
        << stop.function << " is not in " << stop.file;
  }
}

// "2" or "6, as `ExchangeReader`": the name under which that stop knows this one.
TEST(Architecture, SaysWhichStopCallsWhich) {
  const std::vector<Stop> stops = Stops();
  for (const Stop& stop : stops) {
    if (stop.called_by == "gRPC") continue;
    const auto caller = std::find_if(stops.begin(), stops.end(), [&](const Stop& other) {
      return stop.called_by.substr(0, stop.called_by.find(',')) == other.number;
    });
    ASSERT_NE(caller, stops.end()) << stop.function;
    std::smatch alias;
    const bool by_alias = std::regex_search(stop.called_by, alias, std::regex("as `(\\w+)`"));
    const std::string called = by_alias ? alias[1].str() : stop.name();
    EXPECT_TRUE(HasWord(ReadPage(caller->file), called))
        << caller->function << " does not call " << called;
  }
}

// Rows as "| a | `Judge`, `Other` | `service/failure/verdict.cc` | ... |".
TEST(Architecture, NamesTheFunctionsOfTheFailurePathWhereTheyAre) {
  const std::string text = ReadPage("ARCHITECTURE.md");
  const size_t from = text.find("## What becomes of a failure");
  const std::string section = text.substr(from, text.find("\n## ", from + 1) - from);
  const std::regex row(R"(\n\| [a-z] \| ([^|]+) \| ([^|]+) \|)");
  const std::regex quoted("`([^`]+)`");
  int found = 0;
  for (std::sregex_iterator it(section.begin(), section.end(), row), end; it != end; ++it) {
    const std::string functions = (*it)[1];
    const std::string files = (*it)[2];
    std::string code;
    for (std::sregex_iterator file(files.begin(), files.end(), quoted); file != end; ++file) {
      code += ReadPage((*file)[1].str());
    }
    for (std::sregex_iterator name(functions.begin(), functions.end(), quoted); name != end;
         ++name, ++found) {
      EXPECT_NE(code.find((*name)[1].str() + "("), std::string::npos) << (*name)[1] << files;
    }
  }
  EXPECT_GT(found, 9);
}

}  // namespace
}  // namespace modelgates::gateway
