#include <gtest/gtest.h>

#include <cctype>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace modelgates::gateway {
namespace {

namespace fs = std::filesystem;

// What sources and documents cite has to be in the repository: a rule that cannot be looked up is
// none.

const fs::path kRoot = PROJECT_ROOT;
const fs::path kContract = kRoot / "docs" / "contract";

std::string Read(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

// Sources, scripts and documents of the project.
std::vector<fs::path> CitingFiles() {
  const std::set<std::string> suffixes = {".cc", ".h",    ".proto", ".md",
                                          ".py", ".yaml", ".go",    ".txt"};
  std::vector<fs::path> files;
  for (const char* folder :
       {"bench", "client", "deploy", "docs", "proto", "sandbox", "service", "tests"}) {
    if (!fs::exists(kRoot / folder)) continue;
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(kRoot / folder)) {
      const bool cites = entry.is_regular_file() && suffixes.contains(entry.path().extension());
      if (cites && entry.path().filename() != "citation_test.cc") files.push_back(entry.path());
    }
  }
  for (const fs::directory_entry& entry : fs::directory_iterator(kRoot)) {
    if (entry.path().extension() == ".md") files.push_back(entry.path());
  }
  return files;
}

// A comment that goes on in the next line is one text. Empty when `wanted` is not in it.
std::string TextWith(const std::string& wanted, const fs::path& file) {
  const std::string text = Read(file);
  if (text.find(wanted) == std::string::npos) return "";
  return std::regex_replace(text, std::regex("\n *(//|#)? *"), " ");
}

template <typename Found>
void ForEachMatch(const std::string& text, const std::regex& pattern, const Found& found) {
  for (std::sregex_iterator it(text.begin(), text.end(), pattern), end; it != end; ++it) found(*it);
}

bool Exists(const std::string& page, const fs::path& from) {
  return fs::exists(from.parent_path() / page) || fs::exists(kRoot / page) ||
         fs::exists(kContract / page) || fs::exists(kRoot / "docs" / page);
}

// Names of pages in `text`, with their folders.
std::vector<std::string> PagesIn(const std::string& text) {
  const std::string suffix = ".md";
  const std::string in_paths = "./-_";
  const auto is_of_a_path = [&](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
           in_paths.find(c) != std::string::npos;
  };
  std::vector<std::string> pages;
  for (size_t at = text.find(suffix); at != std::string::npos; at = text.find(suffix, at + 1)) {
    const size_t end = at + suffix.size();
    if (end < text.size() && std::isalnum(static_cast<unsigned char>(text[end])) != 0) continue;
    size_t begin = at;
    while (begin > 0 && is_of_a_path(text[begin - 1])) --begin;
    if (begin < at) pages.push_back(text.substr(begin, end - begin));
  }
  return pages;
}

TEST(Citations, OfPagesLeadToAFile) {
  int found = 0;
  for (const fs::path& file : CitingFiles()) {
    for (const std::string& page : PagesIn(Read(file))) {
      ++found;
      EXPECT_TRUE(Exists(page, file)) << file << " cites " << page;
    }
  }
  EXPECT_GT(found, 50);
}

TEST(Citations, OfTheRestContractNameASectionThatItHas) {
  const std::string contract = Read(kContract / "rest-contract.md");
  const std::regex citation("REST contract,? sections? ([0-9])(?: and ([0-9]))?");
  int found = 0;
  for (const fs::path& file : CitingFiles()) {
    ForEachMatch(TextWith("REST contract", file), citation, [&](const std::smatch& match) {
      ++found;
      for (size_t i = 1; i < match.size(); ++i) {
        if (!match[i].matched) continue;
        const std::string heading = "\n## " + match[i].str() + ". ";
        EXPECT_NE(contract.find(heading), std::string::npos) << file << ": " << match.str();
      }
    });
  }
  EXPECT_GT(found, 10);
}

// `exchange.md, "Across replicas"`.
TEST(Citations, OfAHeadingLeadToIt) {
  const std::regex citation("([a-z-]+\\.md), \"([^\"]+)\"");
  int found = 0;
  for (const fs::path& file : CitingFiles()) {
    ForEachMatch(TextWith(".md, \"", file), citation, [&](const std::smatch& match) {
      if (!fs::exists(kContract / match[1].str())) return;
      ++found;
      const std::string heading = "\n## " + match[2].str() + "\n";
      EXPECT_NE(Read(kContract / match[1].str()).find(heading), std::string::npos)
          << file << ": " << match.str();
    });
  }
  EXPECT_GT(found, 1);
}

// Without blocks of code, in which a # is no heading and a bracket no link.
std::string Prose(const fs::path& page) {
  std::istringstream lines(Read(page));
  std::string prose;
  bool in_code = false;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("```")) in_code = !in_code;
    if (!in_code && !line.starts_with("    ")) prose += line + '\n';
  }
  return prose;
}

// Of the headings of a page: in lower case, with hyphens, as the usual renderers make them.
std::set<std::string> AnchorsOf(const fs::path& page) {
  std::set<std::string> anchors;
  ForEachMatch(Prose(page), std::regex("(?:^|\n)#+ ([^\n]+)"), [&](const std::smatch& title) {
    std::string anchor;
    for (const char c : title[1].str()) {
      if (c == ' ') anchor += '-';
      if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_') {
        anchor += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
      }
    }
    anchors.insert(anchor);
  });
  return anchors;
}

// `](page.md)`, `](page.md#heading)` and `](#heading)`, in every page of the project.
TEST(Citations, ByALinkLeadToAFileAndItsHeading) {
  const std::regex link("\\]\\(([^)# ]*)(?:#([^) ]+))?\\)");
  int files = 0, headings = 0;
  for (const fs::path& page : CitingFiles()) {
    if (page.extension() != ".md") continue;
    ForEachMatch(Prose(page), link, [&](const std::smatch& match) {
      if (match[1].str().find("://") != std::string::npos) return;
      const fs::path target = match[1].length() == 0 ? page : page.parent_path() / match[1].str();
      ++files;
      EXPECT_TRUE(fs::exists(target)) << page << ": " << match.str();
      if (!match[2].matched || target.extension() != ".md") return;
      ++headings;
      std::string wanted = match[2].str();
      for (char& c : wanted) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
      EXPECT_TRUE(AnchorsOf(target).contains(wanted)) << page << ": " << match.str();
    });
  }
  EXPECT_GT(files, 100);
  EXPECT_GT(headings, 30);
}

}  // namespace
}  // namespace modelgates::gateway
