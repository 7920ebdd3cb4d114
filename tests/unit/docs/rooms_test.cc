#include <gmock/gmock.h>

#include <algorithm>
#include <functional>
#include <map>
#include <regex>
#include <set>
#include <vector>

#include "unit/docs/page.h"

namespace modelgates::gateway {
namespace {

namespace fs = std::filesystem;

using testing::IsEmpty;

// One room of service/ includes headers of another.
using Arrow = std::pair<std::string, std::string>;

constexpr int kMostLines = 300;

// One table each, read from top to bottom.
const std::set<std::string> kTables = {"config/settings.cc", "failure/error_catalogue.cc"};

std::vector<fs::path> SourcesIn(const std::string& folder) {
  std::vector<fs::path> sources;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(kRoot / folder)) {
    const std::string suffix = entry.path().extension();
    if (suffix == ".cc" || suffix == ".h")
      sources.push_back(entry.path().lexically_relative(kRoot));
  }
  return sources;
}

// The names of what a source includes in quotes.
std::vector<fs::path> IncludesOf(const fs::path& source) {
  static const std::regex include("(?:^|\n)#include \"([^\"\n]+)\"");
  const std::string text = ReadPage(source);
  std::vector<fs::path> names;
  for (std::sregex_iterator it(text.begin(), text.end(), include), end; it != end; ++it) {
    names.emplace_back((*it)[1].str());
  }
  return names;
}

// "base" of service/base/json.h, "main.cc" of service/main.cc.
std::string RoomOf(const fs::path& source) {
  const fs::path path = source.lexically_relative("service");
  return path.has_parent_path() ? path.parent_path() : path;
}

// Every arrow, with the sources that make it.
std::map<Arrow, std::vector<std::string>> Arrows() {
  std::map<Arrow, std::vector<std::string>> arrows;
  for (const fs::path& source : SourcesIn("service")) {
    for (const fs::path& name : IncludesOf(source)) {
      if (!fs::is_directory(kRoot / "service" / name.parent_path())) continue;
      const Arrow arrow(RoomOf(source), RoomOf("service" / name));
      if (arrow.first != arrow.second) arrows[arrow].push_back(source);
    }
  }
  return arrows;
}

struct Row {
  std::string room;
  std::vector<std::string> may_include;
};

// The table of ARCHITECTURE.md.
std::vector<Row> Table() {
  static const std::regex name("`([^`]+)`");
  std::istringstream lines(Section("ARCHITECTURE.md", "rooms"));
  std::vector<Row> rows;
  for (std::string line; std::getline(lines, line);) {
    std::vector<std::string> names;
    for (std::sregex_iterator it(line.begin(), line.end(), name), end; it != end; ++it) {
      names.push_back((*it)[1].str());
    }
    if (names.empty()) continue;
    rows.push_back({names.front(), {names.begin() + 1, names.end()}});
  }
  return rows;
}

std::set<Arrow> AllowedArrows() {
  std::set<Arrow> arrows;
  for (const Row& row : Table()) {
    for (const std::string& other : row.may_include) arrows.emplace(row.room, other);
  }
  return arrows;
}

TEST(Rooms, IncludeWhatTheTableAllows) {
  const std::set<Arrow> allowed = AllowedArrows();
  for (const auto& [arrow, sources] : Arrows()) {
    EXPECT_TRUE(allowed.contains(arrow))
        << arrow.first << " must not include " << arrow.second << ": " << sources.front();
  }
}

TEST(Rooms, IncludeAllThatTheTableAllows) {
  const auto arrows = Arrows();
  for (const Arrow& arrow : AllowedArrows()) {
    EXPECT_TRUE(arrows.contains(arrow)) << "nothing in " << arrow.first << " includes "
                                        << arrow.second << ": take it out of ARCHITECTURE.md";
  }
}

TEST(Rooms, IncludeOnlyThoseOfRowsAbove) {
  std::set<std::string> above;
  for (const Row& row : Table()) {
    for (const std::string& other : row.may_include) {
      EXPECT_TRUE(above.contains(other)) << row.room << " -> " << other;
    }
    EXPECT_TRUE(above.insert(row.room).second) << row.room << " has two rows";
  }
}

TEST(Rooms, HaveARowEach) {
  std::set<std::string> rooms;
  for (const fs::path& source : SourcesIn("service")) rooms.insert(RoomOf(source));
  std::set<std::string> rows;
  for (const Row& row : Table()) rows.insert(row.room);
  EXPECT_EQ(rows, rooms);
}

TEST(Client, KnowsNothingOfTheService) {
  for (const char* const folder : {"client", "sandbox"}) {
    for (const fs::path& source : SourcesIn(folder)) {
      for (const fs::path& name : IncludesOf(source)) {
        EXPECT_FALSE(fs::exists(kRoot / "service" / name)) << source << " includes " << name;
      }
    }
  }
}

TEST(Files, AreShort) {
  for (const fs::path& source : SourcesIn("service")) {
    const std::string text = ReadPage(source);
    const std::string name = source.lexically_relative("service");
    if (kTables.contains(name)) continue;
    EXPECT_LE(std::count(text.begin(), text.end(), '\n'), kMostLines) << source;
  }
}

}  // namespace
}  // namespace modelgates::gateway
