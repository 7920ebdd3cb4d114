#include "docs/generated_pages.h"

#include <fstream>
#include <sstream>
#include <string>

#include "docs/error_page.h"
#include "docs/log_tables.h"
#include "docs/metrics_table.h"
#include "docs/settings_table.h"

namespace modelgates::gateway {
namespace {

namespace fs = std::filesystem;

std::string Read(const fs::path& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// Puts `table` between the markers of `name`. False: the page has no such markers.
bool Replace(std::string& page, const std::string& name, const std::string& table) {
  const std::string begin = "<!-- " + name + ":begin -->\n";
  const size_t from = page.find(begin);
  if (from == std::string::npos) return false;
  const size_t to = page.find("<!-- " + name + ":end -->", from);
  if (to == std::string::npos) return false;
  page.replace(from + begin.size(), to - from - begin.size(), table);
  return true;
}

}  // namespace

std::map<fs::path, std::string> GeneratedPages(const fs::path& root) {
  std::map<fs::path, std::string> pages{{"docs/errors.md", ErrorPage()}};
  const std::map<std::string, std::string> tables{{"settings", SettingsTable()},
                                                  {"metrics", MetricsTable()},
                                                  {"log-events", LogEventsTable()},
                                                  {"log-fields", LogFieldsTable()}};
  for (const char* folder : {"", "docs"}) {
    for (const fs::directory_entry& entry : fs::directory_iterator(root / folder)) {
      if (entry.path().extension() != ".md") continue;
      std::string page = Read(entry.path());
      bool has_table = false;
      for (const auto& [name, table] : tables) has_table |= Replace(page, name, table);
      if (!has_table) continue;
      pages[fs::path(folder) / entry.path().filename()] = std::move(page);
    }
  }
  return pages;
}

}  // namespace modelgates::gateway
