#include "docs/generated_pages.h"

#include <fstream>
#include <sstream>
#include <string_view>

#include "docs/error_page.h"
#include "docs/settings_table.h"

namespace modelgates::gateway {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kBegin = "<!-- settings:begin -->\n";
constexpr std::string_view kEnd = "<!-- settings:end -->";

std::string Read(const fs::path& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

std::map<fs::path, std::string> GeneratedPages(const fs::path& root) {
  std::map<fs::path, std::string> pages{{"docs/errors.md", ErrorPage()}};
  for (const char* folder : {"", "docs"}) {
    for (const fs::directory_entry& entry : fs::directory_iterator(root / folder)) {
      if (entry.path().extension() != ".md") continue;
      std::string page = Read(entry.path());
      const size_t begin = page.find(kBegin);
      if (begin == std::string::npos) continue;
      const size_t from = begin + kBegin.size();
      const size_t to = page.find(kEnd, from);
      if (to == std::string::npos) continue;
      page.replace(from, to - from, SettingsTable());
      pages[fs::path(folder) / entry.path().filename()] = std::move(page);
    }
  }
  return pages;
}

}  // namespace modelgates::gateway
