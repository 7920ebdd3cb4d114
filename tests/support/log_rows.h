#pragma once

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>
#include <string_view>

#include "base/log_table.h"

namespace modelgates::gateway {

inline bool HasLogType(const nlohmann::json& value, std::string_view type) {
  if (type == "text") return value.is_string();
  if (type == "boolean") return value.is_boolean();
  return value.is_number();
}

// The words of `words`, or all if there are none.
inline bool HasLogWord(std::string_view words, const std::string& word) {
  std::istringstream list{std::string(words)};
  for (std::string one; list >> one;) {
    if (one == word || one == word + ",") return true;
  }
  return words.empty();
}

// What a line of the log in JSON has that the tables of base/log_table.h do not say, or lacks that
// they say. Empty: nothing.
inline std::string DiffToLogTable(const nlohmann::json& line) {
  const std::string event = line.value("event", "");
  std::string wrong;
  bool known = false;
  for (const LogEventRow& row : kLogEvents) {
    if (row.name != event) continue;
    known = HasLogWord(row.severities, line.value("severity", ""));
  }
  if (!known) wrong += " event or severity";
  std::set<std::string> unknown;
  for (const auto& [name, value] : line.items()) unknown.insert(name);
  for (const LogFieldRow& row : kLogFields) {
    if (!HasLogWord(row.events, event)) continue;
    const auto found = line.find(row.name);
    if (found == line.end() ? row.when.empty() : !HasLogType(*found, row.type)) {
      wrong += " " + std::string(row.name);
    }
    unknown.erase(std::string(row.name));
  }
  for (const std::string& name : unknown) wrong += " " + name;
  return wrong;
}

// Each of the first 20,000 lines is as the tables of the log say. Lines that are not a whole JSON
// object are left out.
inline void ExpectLinesOfLogTable(std::string_view text) {
  constexpr int kMost = 20'000;
  for (int i = 0; i < kMost && !text.empty(); ++i) {
    const size_t end = std::min(text.find('\n'), text.size());
    const auto line = nlohmann::json::parse(text.substr(0, end), nullptr, false);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!line.is_object()) continue;
    const std::string wrong = DiffToLogTable(line);
    EXPECT_EQ(wrong, "") << "not as base/log_table.h says: " << line.dump();
    if (!wrong.empty()) return;
  }
}

}  // namespace modelgates::gateway
