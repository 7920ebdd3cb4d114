#include "base/log_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <utility>

#include "unit/docs/page.h"

namespace modelgates::gateway {
namespace {

namespace fs = std::filesystem;
using Pairs = std::set<std::pair<std::string, std::string>>;  // event and field

// The names of fields that `code` adds to a line.
std::set<std::string> FieldsIn(const std::string& code) {
  const std::regex add("\\.(?:Add|AddMilliseconds)\\(\"([a-z_]+)\"");
  std::set<std::string> fields;
  for (std::sregex_iterator it(code.begin(), code.end(), add), end; it != end; ++it) {
    fields.insert((*it)[1].str());
  }
  return fields;
}

// What CallScope::AddIdentity adds.
std::set<std::string> IdentityFields() {
  const std::string text = ReadPage("service/telemetry/call_scope.cc");
  const size_t begin = text.find("CallScope::AddIdentity(");
  return FieldsIn(text.substr(begin, text.find("\n}\n", begin) - begin));
}

// Every line of the service, `Line(Severity::kInfo, "listening", ...)`, with each field that is
// added before the next line or the end of its function. A line without fields has the field "".
Pairs LinesOfTheService() {
  const std::regex line("[^a-zA-Z]Line\\([^;\"]*\"([a-z_]+)\"");
  const std::set<std::string> identity = IdentityFields();
  Pairs pairs;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(kRoot / "service")) {
    if (entry.path().extension() != ".cc") continue;
    const std::string text = ReadPage(entry.path());
    for (std::sregex_iterator it(text.begin(), text.end(), line), end; it != end; ++it) {
      const auto next = std::next(it);
      const auto begin = static_cast<size_t>(it->position());
      const size_t stop =
          std::min(text.find("\n}\n", begin),
                   next == end ? text.size() : static_cast<size_t>(next->position()));
      const std::string code = text.substr(begin, stop - begin);
      const std::string event = (*it)[1].str();
      pairs.emplace(event, "");
      for (const std::string& field : FieldsIn(code)) pairs.emplace(event, field);
      if (code.find("AddIdentity(line)") == std::string::npos) continue;
      for (const std::string& field : identity) pairs.emplace(event, field);
    }
  }
  return pairs;
}

Pairs LinesOfTheTable() {
  Pairs pairs;
  for (const LogEventRow& row : kLogEvents) pairs.emplace(row.name, "");
  for (const LogFieldRow& row : kLogFields) {
    std::istringstream events{std::string(row.events)};
    for (std::string event; events >> event;) {
      EXPECT_TRUE(pairs.emplace(event, row.name).second) << event << " has two rows " << row.name;
    }
  }
  return pairs;
}

TEST(LogTable, HasEveryFieldOfEveryLineAndNoOther) {
  EXPECT_THAT(LinesOfTheTable(), testing::ContainerEq(LinesOfTheService()));
  EXPECT_GT(LinesOfTheService().size(), 100u);
}

}  // namespace
}  // namespace modelgates::gateway
