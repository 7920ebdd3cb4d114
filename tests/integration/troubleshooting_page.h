#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace modelgates::gateway {

// What an entry of docs/troubleshooting.md quotes.
struct Symptom {
  std::string grpc_code;                      // "UNAVAILABLE"
  std::string reason;                         // empty: none is quoted
  std::string event;                          // of the log
  std::map<std::string, std::string> fields;  // `*` in a value: any text
  std::string metric;                         // a series, as /metrics spells it
};

// The entries by their titles. One without one of its five lines, or with other text where only
// quotes may be, throws.
std::map<std::string, Symptom> ReadTroubleshootingPage(const std::string& page);

// Whether `text` is as `pattern` says.
bool FitsPattern(const std::string& text, const std::string& pattern);

}  // namespace modelgates::gateway
