#include "integration/troubleshooting_page.h"

#include <fnmatch.h>

#include <regex>
#include <sstream>
#include <stdexcept>

namespace modelgates::gateway {
namespace {

// The words in backquotes of the line "* NAME: ...", which is nothing else.
std::vector<std::string> QuotesOf(const std::string& entry, const std::string& name) {
  const std::regex line("\n\\* " + name + ":((?: `[^`\n]+`)+)\n");
  std::smatch found;
  if (!std::regex_search(entry, found, line)) throw std::runtime_error(name + " of " + entry);
  const std::string rest = found[1];
  const std::regex quote("`([^`]+)`");
  std::vector<std::string> quotes;
  for (std::sregex_iterator it(rest.begin(), rest.end(), quote), end; it != end; ++it) {
    quotes.push_back((*it)[1]);
  }
  return quotes;
}

Symptom ReadEntry(const std::string& entry) {
  for (const char* line : {"\n* cause: ", "\n* do: "}) {
    if (entry.find(line) == std::string::npos) throw std::runtime_error(line + entry);
  }
  Symptom symptom;
  const std::vector<std::string> callers = QuotesOf(entry, "callers");
  symptom.grpc_code = callers.at(0);
  if (callers.size() > 1) symptom.reason = callers[1];
  const std::vector<std::string> log = QuotesOf(entry, "log");
  symptom.event = log.at(0);
  for (size_t i = 1; i < log.size(); ++i) {
    const size_t equals = log[i].find('=');
    symptom.fields[log[i].substr(0, equals)] = log[i].substr(equals + 1);
  }
  symptom.metric = QuotesOf(entry, "metric").at(0);
  return symptom;
}

}  // namespace

std::map<std::string, Symptom> ReadTroubleshootingPage(const std::string& page) {
  constexpr std::string_view kTitle = "\n### ";
  std::map<std::string, Symptom> entries;
  for (size_t at = page.find(kTitle); at != std::string::npos;) {
    const size_t begin = at + kTitle.size();
    const size_t next = page.find(kTitle, begin);
    const size_t end = std::min(next, page.find("\n## ", begin));
    const std::string entry = page.substr(begin, end - begin);
    entries[entry.substr(0, entry.find('\n'))] = ReadEntry(entry);
    at = next;
  }
  return entries;
}

bool FitsPattern(const std::string& text, const std::string& pattern) {
  return fnmatch(pattern.c_str(), text.c_str(), FNM_NOESCAPE) == 0;
}

}  // namespace modelgates::gateway
